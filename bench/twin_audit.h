// twin_audit.h - the row of the audit log that goes with a click: chained by digests, its details beside it.

// A part as `length:bytes,`; none as `-,`.
static char *netstring(char *end, const char *part) {
  return end + (part ? sprintf(end, "%zu:%s,", strlen(part), part) : sprintf(end, "-,"));
}

static void digest(const char *text, size_t length, char *out) {
  unsigned char hash[32];
  EVP_Digest(text, length, hash, NULL, EVP_sha256(), NULL);
  hex(hash, 32, out);
}

static void chance(char *out) {
  unsigned char bytes[16];
  getrandom(bytes, sizeof bytes, 0);
  hex(bytes, 16, out);
}

// The key that stands for who pressed.
static int party(const click *c, char *out) {
  text(PARTY, 1, c->guild);
  text(PARTY, 2, c->user);
  int isKnown = step(PARTY) == SQLITE_ROW;
  if (isKnown) snprintf(out, 40, "%s", (const char *)sqlite3_column_text(statements[PARTY], 0));
  sqlite3_reset(statements[PARTY]);
  if (isKnown) return 1;
  chance(out);
  text(NEW_PARTY, 1, out);
  text(NEW_PARTY, 2, c->guild);
  text(NEW_PARTY, 3, c->user);
  text(NEW_PARTY, 4, c->person);
  sqlite3_bind_int64(statements[NEW_PARTY], 5, c->now);
  return step(NEW_PARTY) == SQLITE_DONE;
}

static int audit(const click *c, const char *const *row) {
  char before[65], details[65], own[65], salt[33], actor[40], at[24], number[24], buffer[4096], *end = buffer;
  int64_t position = 1;
  text(HEAD, 1, c->guild);
  if (step(HEAD) == SQLITE_ROW) {
    position += sqlite3_column_int64(statements[HEAD], 0);
    snprintf(before, sizeof before, "%s", (const char *)sqlite3_column_text(statements[HEAD], 1));
  } else {
    digest(buffer, sprintf(buffer, "guildhall audit|%s", c->guild), before);
  }
  sqlite3_reset(statements[HEAD]);
  if (!party(c, actor)) return 0;
  chance(salt);
  const char *kept[] = {salt, row[TITLE], row[STATUS], row[FIXED]};
  for (int i = 0; i < 4; i++) end = netstring(end, kept[i]);
  digest(buffer, end - buffer, details);
  sprintf(at, "%lld", (long long)c->now);
  sprintf(number, "%lld", (long long)position);
  const char *parts[] = {before, c->guild, number, at, "person", actor, "issue.change", "issue", c->issue, "done",
    c->correlation, details};
  end = buffer;
  for (int i = 0; i < 12; i++) end = netstring(end, parts[i]);
  digest(buffer, end - buffer, own);
  const char *texts[] = {actor, c->issue, c->correlation, details, own};
  text(AUDIT, 1, c->guild);
  sqlite3_bind_int64(statements[AUDIT], 2, position);
  sqlite3_bind_int64(statements[AUDIT], 3, c->now);
  for (int i = 0; i < 5; i++) text(AUDIT, 4 + i, texts[i]);
  if (step(AUDIT) != SQLITE_DONE) return 0;
  text(DETAILS, 1, c->guild);
  sqlite3_bind_int64(statements[DETAILS], 2, position);
  sqlite3_bind_int64(statements[DETAILS], 3, c->now);
  for (int i = 0; i < 4; i++) text(DETAILS, 4 + i, kept[i]);
  return step(DETAILS) == SQLITE_DONE;
}
