// twin.c - the same click in plain C: the floor that the responder is measured against.
//
// libfcgi, four threads, no kept connections; OpenSSL's Ed25519, cJSON, and one SQLite connection (WAL, FULL) behind a
// mutex. A click on "Mark as fixed" does what the responder's does, on the same tables: look for an earlier answer, read
// the issue, its mapping and its last change, then a change, a job, the message and the answer, all in one immediate
// transaction. It has no router, no
// log, no check of a time or a right, and leaves checkpoints to SQLite.
//
//   twin SOCKET DATABASE PUBLIC_KEY_HEX
//
// build: cc -O2 -pthread -o twin twin.c -lfcgi -lcrypto -lcjson -lsqlite3
#define _GNU_SOURCE
#include <cjson/cJSON.h>
#include <fcgiapp.h>
#include <openssl/evp.h>
#include <pthread.h>
#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>
#include <time.h>

enum { BEGIN, EARLIER, ISSUE, LAST, CHANGE, JOB, SHOWN, ANSWER, COMMIT, ROLLBACK, STATEMENTS };
static const char *texts[STATEMENTS] = {
  "BEGIN IMMEDIATE",
  "SELECT answer FROM interactions WHERE id = ?",
  "SELECT number, title, status, priority, assignee, labels, summary, url, fixed_option, status_options, connection_id"
  " FROM issues JOIN sync_mappings ON sync_mappings.id = mapping_id"
  " WHERE issues.id = ? AND issues.guild_id = ? AND is_removed = 0 AND status <> fixed_option",
  "SELECT state FROM issue_changes WHERE issue_id = ? ORDER BY id DESC LIMIT 1",
  "INSERT INTO issue_changes (id, issue_id, guild_id, person_id, person_name, part, before, after, target, state, wished_at)"
  " VALUES (?, ?, ?, ?, ?, 'status', ?, ?7, ?7, 'pending', ?8) ON CONFLICT (issue_id) WHERE state = 'pending' DO NOTHING",
  "INSERT INTO jobs (id, kind, unique_key, lane, gate, guild_id, payload, priority, state, run_at, correlation_id,"
  " created_at, updated_at) VALUES (?1, 'issue.change', ?2, ?3, ?4, ?5, ?6, 0, 'ready', ?7, ?8, ?7, ?7)"
  " ON CONFLICT (unique_key) WHERE unique_key IS NOT NULL AND state IN ('ready', 'running', 'waiting', 'unknown')"
  " DO UPDATE SET payload = excluded.payload, updated_at = excluded.updated_at",
  "UPDATE discord_messages SET shown_hash = NULL WHERE issue_id = ?",
  "INSERT INTO interactions (id, received_at, guild_id, body_hash, answer, correlation_id) VALUES (?, ?, ?, ?, ?, ?)",
  "COMMIT",
  "ROLLBACK",
};
enum { NUMBER, TITLE, STATUS, PRIORITY, ASSIGNEE, LABELS, SUMMARY, URL, FIXED, OPTIONS, CONNECTION };
static sqlite3 *database;
static sqlite3_stmt *statements[STATEMENTS];
static pthread_mutex_t writing = PTHREAD_MUTEX_INITIALIZER;
static EVP_PKEY *key;
static int listener;

// One request, decoded: text points into `json`.
typedef struct { const char *id, *guild, *user, *person, *issue, *correlation; char hash[65]; int64_t now; } click;

// ---- SQL ------------------------------------------------------------------
static void openDatabase(const char *path) {
  int status = sqlite3_open_v2(path, &database, SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOMUTEX, NULL);
  if (!status) status = sqlite3_exec(database, "PRAGMA synchronous = FULL; PRAGMA foreign_keys = ON", NULL, NULL, NULL);
  for (int i = 0; i < STATEMENTS && !status; i++)
    status = sqlite3_prepare_v3(database, texts[i], -1, SQLITE_PREPARE_PERSISTENT, &statements[i], NULL);
  if (status) { fprintf(stderr, "twin: %s\n", sqlite3_errmsg(database)); exit(1); }
  sqlite3_busy_timeout(database, 2000);
}

static void text(int statement, int index, const char *value) {
  sqlite3_bind_text(statements[statement], index, value, -1, SQLITE_TRANSIENT);
}

static int step(int statement) {
  int status = sqlite3_step(statements[statement]);
  if (status != SQLITE_ROW) sqlite3_reset(statements[statement]);
  return status;
}

static const char *column(int index) { return (const char *)sqlite3_column_text(statements[ISSUE], index); }

// ---- the answer -----------------------------------------------------------
static char *hex(const unsigned char *bytes, int count, char *out) {
  static const char digits[] = "0123456789abcdef";
  for (int i = 0; i < count; i++) out[2 * i] = digits[bytes[i] >> 4], out[2 * i + 1] = digits[bytes[i] & 15];
  out[2 * count] = 0;
  return out;
}

static int unhex(const char *text, unsigned char *out, int count) {
  if (strlen(text) != 2 * (size_t)count) return 0;
  for (int i = 0; i < 2 * count; i++) {
    char c = text[i];
    int digit = c >= '0' && c <= '9' ? c - '0' : c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
    if (digit < 0) return 0;
    out[i / 2] = out[i / 2] << 4 | digit;
  }
  return 1;
}

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

static cJSON *statusSelect(const char *customID) {
  cJSON *select = cJSON_CreateObject(), *known = cJSON_Parse(column(OPTIONS)), *name;
  cJSON_AddStringToObject(select, "custom_id", customID);
  cJSON_AddBoolToObject(select, "disabled", 1);
  cJSON *options = cJSON_AddArrayToObject(select, "options");
  cJSON_ArrayForEach(name, known) {
    cJSON *option = cJSON_CreateObject();
    cJSON_AddBoolToObject(option, "default", !strcmp(name->valuestring, column(STATUS)));
    cJSON_AddStringToObject(option, "label", name->valuestring);
    cJSON_AddStringToObject(option, "value", name->valuestring);
    cJSON_AddItemToArray(options, option);
  }
  cJSON_Delete(known);
  cJSON_AddStringToObject(select, "placeholder", "Set the status");
  cJSON_AddNumberToObject(select, "type", 3);
  return select;
}

static cJSON *embed(const click *c) {
  char room[4096], line[8192];
  cJSON *embed = cJSON_CreateObject();
  cJSON_AddNumberToObject(embed, "color", 0xA6700B);
  snprintf(line, sizeof line, "%s\n\nMarking as fixed… (%s)", escaped(column(SUMMARY), room), c->person);
  cJSON_AddStringToObject(embed, "description", line);
  cJSON *fields = cJSON_AddArrayToObject(embed, "fields");
  addField(fields, "Status", column(STATUS));
  addField(fields, "Priority", column(PRIORITY));
  addField(fields, "Assignee", column(ASSIGNEE));
  addField(fields, "Labels", column(LABELS));
  sprintf(line, "Guildhall · %s", c->issue + strlen(c->issue) - 12);
  cJSON_AddStringToObject(cJSON_AddObjectToObject(embed, "footer"), "text", line);
  snprintf(line, sizeof line, "%s · %s", column(NUMBER), escaped(column(TITLE), room));
  cJSON_AddStringToObject(embed, "title", line);
  cJSON_AddStringToObject(embed, "url", column(URL));
  return embed;
}

static char *drawn(const click *c) {
  char id[128];
  cJSON *answer = cJSON_CreateObject(), *data = cJSON_AddObjectToObject(answer, "data");
  cJSON_AddArrayToObject(cJSON_AddObjectToObject(data, "allowed_mentions"), "parse");
  cJSON *rows = cJSON_AddArrayToObject(data, "components"), *buttons = addRow(rows);
  sprintf(id, "issue.fix:%s", c->issue);
  cJSON_AddItemToArray(buttons, button("Marking as fixed…", 3, "custom_id", id, 1));
  sprintf(id, "issue.assign:%s", c->issue);
  cJSON_AddItemToArray(buttons, button("Assign to me", 2, "custom_id", id, 1));
  cJSON_AddItemToArray(buttons, button("Open in Notion", 5, "url", column(URL), 0));
  sprintf(id, "issue.status:%s", c->issue);
  cJSON_AddItemToArray(addRow(rows), statusSelect(id));
  cJSON_AddStringToObject(data, "content", "");
  cJSON_AddItemToArray(cJSON_AddArrayToObject(data, "embeds"), embed(c));
  cJSON_AddNumberToObject(answer, "type", 7);
  char *json = cJSON_PrintUnformatted(answer);
  cJSON_Delete(answer);
  return json;
}

// ---- the transaction ------------------------------------------------------
static void makeID(int64_t now, char *out) {  // UUID version 7
  unsigned char bytes[16];
  char digits[33];
  getrandom(bytes, sizeof bytes, 0);
  for (int i = 0; i < 6; i++) bytes[i] = now >> (40 - 8 * i);
  hex(bytes, 16, digits);
  sprintf(out, "%.8s-%.4s-7%.3s-8%.3s-%.12s", digits, digits + 8, digits + 13, digits + 17, digits + 20);
}

static int addChange(const click *c, const char *id) {
  text(CHANGE, 1, id);
  text(CHANGE, 2, c->issue);
  text(CHANGE, 3, c->guild);
  text(CHANGE, 4, c->user);
  text(CHANGE, 5, c->person);
  text(CHANGE, 6, column(STATUS));
  text(CHANGE, 7, column(FIXED));
  sqlite3_bind_int64(statements[CHANGE], 8, c->now);
  return step(CHANGE) == SQLITE_DONE;
}

static int addJob(const click *c, const char *change) {
  char line[128];
  makeID(c->now, line);
  text(JOB, 1, line);
  sprintf(line, "issue.change:%s", change);
  text(JOB, 2, line);
  sprintf(line, "issue:%s", c->issue);
  text(JOB, 3, line);
  sprintf(line, "notion:%s", column(CONNECTION));
  text(JOB, 4, line);
  text(JOB, 5, c->guild);
  sprintf(line, "{\"change\":\"%s\"}", change);
  text(JOB, 6, line);
  sqlite3_bind_int64(statements[JOB], 7, c->now);
  text(JOB, 8, c->correlation);
  return step(JOB) == SQLITE_DONE;
}

static int start(const click *c) {
  char change[37];
  makeID(c->now, change);
  text(SHOWN, 1, c->issue);
  return addChange(c, change) && addJob(c, change) && step(SHOWN) == SQLITE_DONE;
}

static int keep(const click *c, const char *answer) {
  text(ANSWER, 1, c->id);
  sqlite3_bind_int64(statements[ANSWER], 2, c->now);
  text(ANSWER, 3, c->guild);
  text(ANSWER, 4, c->hash);
  text(ANSWER, 5, answer);
  text(ANSWER, 6, c->correlation);
  return step(ANSWER) == SQLITE_DONE;
}

static int isPending(const click *c) {
  text(LAST, 1, c->issue);
  int isPending = step(LAST) == SQLITE_ROW && !strcmp((const char *)sqlite3_column_text(statements[LAST], 0), "pending");
  sqlite3_reset(statements[LAST]);
  return isPending;
}

// The answer as it was kept, to be freed; NULL if nothing was.
static char *press(const click *c) {
  char *answer = NULL;
  pthread_mutex_lock(&writing);
  int isOpen = step(BEGIN) == SQLITE_DONE, isKept = 0;
  text(EARLIER, 1, c->id);
  text(ISSUE, 1, c->issue);
  text(ISSUE, 2, c->guild);
  if (isOpen && step(EARLIER) == SQLITE_ROW) {
    answer = strdup((const char *)sqlite3_column_text(statements[EARLIER], 0));
    isKept = 1;
  } else if (isOpen && step(ISSUE) == SQLITE_ROW && !isPending(c)) {
    answer = drawn(c);
    isKept = start(c) && keep(c, answer);
  }
  sqlite3_reset(statements[EARLIER]);
  sqlite3_reset(statements[ISSUE]);
  if (isOpen) isKept = step(isKept ? COMMIT : ROLLBACK) == SQLITE_DONE && isKept;
  pthread_mutex_unlock(&writing);
  if (!isKept) free(answer);
  return isKept ? answer : NULL;
}

// ---- a request ------------------------------------------------------------
static const char *member(const cJSON *of, const char *name) {
  const cJSON *found = cJSON_GetObjectItemCaseSensitive(of, name);
  return cJSON_IsString(found) ? found->valuestring : NULL;
}

static char *answer(const cJSON *json, const char *body, size_t length, const char *correlation) {
  const cJSON *user = cJSON_GetObjectItemCaseSensitive(cJSON_GetObjectItemCaseSensitive(json, "member"), "user");
  const char *custom = member(cJSON_GetObjectItemCaseSensitive(json, "data"), "custom_id");
  struct timespec time;
  unsigned char hash[32];
  clock_gettime(CLOCK_REALTIME, &time);
  click c = {.id = member(json, "id"), .guild = member(json, "guild_id"),
    .user = member(user, "id"), .person = member(user, "global_name"), .correlation = correlation,
    .issue = custom && !strncmp(custom, "issue.fix:", 10) ? custom + 10 : NULL, .now = time.tv_sec * 1000ll + time.tv_nsec / 1000000};
  if (!c.id || !c.guild || !c.user || !c.person || !c.issue || strlen(c.issue) != 36 || strlen(c.person) > 100) return NULL;
  EVP_Digest(body, length, hash, NULL, EVP_sha256(), NULL);
  hex(hash, 32, c.hash);
  return press(&c);
}

static int isSigned(const char *signature, const char *message, size_t length) {
  unsigned char bytes[64];
  if (!unhex(signature, bytes, 64)) return 0;
  EVP_MD_CTX *context = EVP_MD_CTX_new();
  int isValid = EVP_DigestVerifyInit(context, NULL, NULL, NULL, key) == 1 &&
    EVP_DigestVerify(context, bytes, 64, (const unsigned char *)message, length) == 1;
  EVP_MD_CTX_free(context);
  return isValid;
}

static void serve(FCGX_Request *r) {
  static const char *const names[] = {"HTTP_X_SIGNATURE_ED25519", "HTTP_X_SIGNATURE_TIMESTAMP", "CONTENT_LENGTH", "REQUEST_ID"};
  const char *given[4];
  for (int i = 0; i < 4; i++) given[i] = (given[i] = FCGX_GetParam(names[i], r->envp)) ? given[i] : "";
  size_t stamp = strlen(given[1]), length = strtoul(given[2], NULL, 10);
  if (stamp > 12 || length > 1 << 20) return;
  char *message = malloc(stamp + length + 1);
  memcpy(message, given[1], stamp);
  if (FCGX_GetStr(message + stamp, length, r->in) != (int)length || !isSigned(given[0], message, stamp + length)) {
    FCGX_FPrintF(r->out, "Status: 401 Unauthorized\r\nContent-Length: 0\r\n\r\n");
  } else {
    cJSON *json = cJSON_ParseWithLength(message + stamp, length);
    char *text = answer(json, message + stamp, length, given[3]);
    if (text) FCGX_FPrintF(r->out, "Status: 200 OK\r\nContent-Type: application/json\r\nContent-Length: %d\r\n\r\n", (int)strlen(text));
    if (text) FCGX_PutStr(text, strlen(text), r->out);
    else FCGX_FPrintF(r->out, "Status: 400 Bad Request\r\nContent-Length: 0\r\n\r\n");
    cJSON_Delete(json);
    free(text);
  }
  free(message);
}

static void *work(void *nothing) {
  FCGX_Request r;
  FCGX_InitRequest(&r, listener, 0);
  while (FCGX_Accept_r(&r) == 0) { serve(&r); FCGX_Finish_r(&r); }
  return nothing;
}

int main(int argc, char **argv) {
  unsigned char bytes[32];
  if (argc != 4 || !unhex(argv[3], bytes, 32)) { fprintf(stderr, "twin SOCKET DATABASE PUBLIC_KEY_HEX\n"); return 64; }
  key = EVP_PKEY_new_raw_public_key(EVP_PKEY_ED25519, NULL, bytes, 32);
  openDatabase(argv[2]);
  FCGX_Init();
  listener = FCGX_OpenSocket(argv[1], 512);
  if (!key || listener < 0) return 1;
  pthread_t thread;
  for (int i = 1; i < 4; i++) pthread_create(&thread, NULL, work, NULL);
  work(NULL);
}
