// twin_message.h - the message of an issue as it stands after the click, as JSON.
#include <cjson/cJSON.h>
#include <stdio.h>
#include <string.h>

// The columns of an issue that are shown, and some of its mapping's.
enum { NUMBER, TITLE, STATUS, PRIORITY, ASSIGNEE, LABELS, SUMMARY, URL, FIXED, OPTIONS, CONNECTION, CHANNEL, COLUMNS };

static char *escaped(const char *in, char *out) {
  char *end = out;
  int startsLine = 1;
  for (; *in; in++) {
    if (strchr("\\*_~`|[]<@", *in) || (startsLine && strchr("#->", *in))) *end++ = '\\';
    *end++ = *in;
    startsLine = *in == '\n' || (startsLine && *in == ' ');
  }
  *end = 0;
  return out;
}

static void addField(cJSON *fields, const char *name, const char *value) {
  char room[2048];
  cJSON *field = cJSON_CreateObject();
  cJSON_AddBoolToObject(field, "inline", 1);
  cJSON_AddStringToObject(field, "name", name);
  cJSON_AddStringToObject(field, "value", escaped(value, room));
  cJSON_AddItemToArray(fields, field);
}

static cJSON *button(const char *label, int style, const char *key, const char *value, int isDisabled) {
  cJSON *button = cJSON_CreateObject();
  cJSON_AddStringToObject(button, key, value);
  if (isDisabled) cJSON_AddBoolToObject(button, "disabled", 1);
  cJSON_AddStringToObject(button, "label", label);
  cJSON_AddNumberToObject(button, "style", style);
  cJSON_AddNumberToObject(button, "type", 2);
  return button;
}

static cJSON *addRow(cJSON *rows) {
  cJSON *row = cJSON_CreateObject(), *controls = cJSON_AddArrayToObject(row, "components");
  cJSON_AddNumberToObject(row, "type", 1);
  cJSON_AddItemToArray(rows, row);
  return controls;
}

static cJSON *statusSelect(const char *customID, const char *const *row) {
  cJSON *select = cJSON_CreateObject(), *known = cJSON_Parse(row[OPTIONS]), *name;
  cJSON_AddStringToObject(select, "custom_id", customID);
  cJSON_AddBoolToObject(select, "disabled", 1);
  cJSON *options = cJSON_AddArrayToObject(select, "options");
  cJSON_ArrayForEach(name, known) {
    cJSON *option = cJSON_CreateObject();
    cJSON_AddBoolToObject(option, "default", !strcmp(name->valuestring, row[STATUS]));
    cJSON_AddStringToObject(option, "label", name->valuestring);
    cJSON_AddStringToObject(option, "value", name->valuestring);
    cJSON_AddItemToArray(options, option);
  }
  cJSON_Delete(known);
  cJSON_AddStringToObject(select, "placeholder", "Set the status");
  cJSON_AddNumberToObject(select, "type", 3);
  return select;
}

static cJSON *embed(const char *issue, const char *person, const char *const *row) {
  char room[4096], line[8192];
  cJSON *embed = cJSON_CreateObject();
  cJSON_AddNumberToObject(embed, "color", 0xA6700B);
  snprintf(line, sizeof line, "%s\n\nMarking as fixed… (%s)", escaped(row[SUMMARY], room), person);
  cJSON_AddStringToObject(embed, "description", line);
  cJSON *fields = cJSON_AddArrayToObject(embed, "fields");
  addField(fields, "Status", row[STATUS]);
  addField(fields, "Priority", row[PRIORITY]);
  addField(fields, "Assignee", row[ASSIGNEE]);
  addField(fields, "Labels", row[LABELS]);
  sprintf(line, "Guildhall · %s", issue + strlen(issue) - 12);
  cJSON_AddStringToObject(cJSON_AddObjectToObject(embed, "footer"), "text", line);
  snprintf(line, sizeof line, "%s · %s", row[NUMBER], escaped(row[TITLE], room));
  cJSON_AddStringToObject(embed, "title", line);
  cJSON_AddStringToObject(embed, "url", row[URL]);
  return embed;
}

static char *drawn(const char *issue, const char *person, const char *const *row) {
  char id[128];
  cJSON *answer = cJSON_CreateObject(), *data = cJSON_AddObjectToObject(answer, "data");
  cJSON_AddArrayToObject(cJSON_AddObjectToObject(data, "allowed_mentions"), "parse");
  cJSON *rows = cJSON_AddArrayToObject(data, "components"), *buttons = addRow(rows);
  sprintf(id, "issue.fix:%s", issue);
  cJSON_AddItemToArray(buttons, button("Marking as fixed…", 3, "custom_id", id, 1));
  sprintf(id, "issue.assign:%s", issue);
  cJSON_AddItemToArray(buttons, button("Assign to me", 2, "custom_id", id, 1));
  cJSON_AddItemToArray(buttons, button("Open in Notion", 5, "url", row[URL], 0));
  sprintf(id, "issue.status:%s", issue);
  cJSON_AddItemToArray(addRow(rows), statusSelect(id, row));
  cJSON_AddStringToObject(data, "content", "");
  cJSON_AddItemToArray(cJSON_AddArrayToObject(data, "embeds"), embed(issue, person, row));
  cJSON_AddNumberToObject(answer, "type", 7);
  char *json = cJSON_PrintUnformatted(answer);
  cJSON_Delete(answer);
  return json;
}

