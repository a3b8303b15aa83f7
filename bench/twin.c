// twin.c - the same click in plain C: the floor that the responder is measured against.
//
// libfcgi, four threads, no kept connections; OpenSSL's Ed25519, cJSON, and one SQLite connection (WAL, FULL) behind a
// mutex. A click on "Mark as fixed" writes what the responder writes, to the same tables: it looks for an earlier answer,
// reads the issue, its mapping and its last change, and keeps a change, two jobs, the message's state, a chained row of the
// audit log with its details, and the answer, all in one immediate transaction. It has no router, no log, no check of a time or a right, and leaves checkpoints to SQLite.
//
//   twin SOCKET DATABASE PUBLIC_KEY_HEX
//
// build: cc -O2 -pthread -o twin twin.c -lfcgi -lcrypto -lcjson -lsqlite3
#define _GNU_SOURCE
#include "twin_message.h"
#include <fcgiapp.h>
#include <openssl/evp.h>
#include <pthread.h>
#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>
#include <time.h>

enum { BEGIN, EARLIER, ISSUE, LAST, CHANGE, JOB, SHOWN, HEAD, PARTY, NEW_PARTY, AUDIT, DETAILS, ANSWER, COMMIT, ROLLBACK, STATEMENTS };
static const char *texts[STATEMENTS] = {
  "BEGIN IMMEDIATE",
  "SELECT answer FROM interactions WHERE id = ?",
  "SELECT number, title, status, priority, assignee, labels, summary, url, fixed_option, status_options, connection_id,"
  " channel_id FROM issues JOIN sync_mappings ON sync_mappings.id = mapping_id"
  " WHERE issues.id = ? AND issues.guild_id = ? AND is_removed = 0 AND status <> fixed_option",
  "SELECT state FROM issue_changes WHERE issue_id = ? ORDER BY id DESC LIMIT 1",
  "INSERT INTO issue_changes (id, issue_id, guild_id, person_id, person_name, part, before, after, target, state, wished_at)"
  " VALUES (?, ?, ?, ?, ?, 'status', ?, ?7, ?7, 'pending', ?8) ON CONFLICT (issue_id) WHERE state = 'pending' DO NOTHING",
  "INSERT INTO jobs (id, kind, unique_key, lane, gate, guild_id, payload, priority, state, run_at, correlation_id,"
  " created_at, updated_at) VALUES (?, ?, ?, ?, ?, ?, ?, 0, 'ready', ?, ?, ?10, ?10)"
  " ON CONFLICT (unique_key) WHERE unique_key IS NOT NULL AND state IN ('ready', 'running', 'waiting', 'unknown')"
  " DO UPDATE SET payload = excluded.payload, updated_at = excluded.updated_at",
  "UPDATE discord_messages SET shown_hash = NULL, answered_at = ? WHERE issue_id = ?",
  "SELECT position, digest FROM audit_log WHERE chain = ? ORDER BY position DESC LIMIT 1",
  "SELECT party_key FROM audit_parties WHERE chain = ? AND kind = 'person' AND party_id = ?",
  "INSERT INTO audit_parties (party_key, chain, kind, party_id, name, seen_at) VALUES (?, ?, 'person', ?, ?, ?)",
  "INSERT INTO audit_log (chain, position, at, actor_kind, actor_key, action, target_kind, target_id, outcome, request_id,"
  " details_digest, digest) VALUES (?, ?, ?, 'person', ?, 'issue.change', 'issue', ?, 'done', ?, ?, ?)",
  "INSERT INTO audit_details (chain, position, at, salt, target_name, before, after) VALUES (?, ?, ?, ?, ?, ?, ?)",
  "INSERT INTO interactions (id, received_at, guild_id, body_hash, answer, correlation_id, user_id) VALUES (?, ?, ?, ?, ?, ?, ?)",
  "COMMIT",
  "ROLLBACK",
};
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

// ---- the transaction ------------------------------------------------------
static void makeID(int64_t now, char *out) {  // UUID version 7
  unsigned char bytes[16];
  char digits[33];
  getrandom(bytes, sizeof bytes, 0);
  for (int i = 0; i < 6; i++) bytes[i] = now >> (40 - 8 * i);
  hex(bytes, 16, digits);
  sprintf(out, "%.8s-%.4s-7%.3s-8%.3s-%.12s", digits, digits + 8, digits + 13, digits + 17, digits + 20);
}

static int addChange(const click *c, const char *id, const char *const *row) {
  text(CHANGE, 1, id);
  text(CHANGE, 2, c->issue);
  text(CHANGE, 3, c->guild);
  text(CHANGE, 4, c->user);
  text(CHANGE, 5, c->person);
  text(CHANGE, 6, row[STATUS]);
  text(CHANGE, 7, row[FIXED]);
  sqlite3_bind_int64(statements[CHANGE], 8, c->now);
  return step(CHANGE) == SQLITE_DONE;
}

typedef struct { const char *kind, *about, *lane, *laneOf, *gate, *gateOf, *member; int64_t runAt; } job;

static int addJob(const click *c, job j) {
  char line[128];
  makeID(c->now, line);
  text(JOB, 1, line);
  text(JOB, 2, j.kind);
  sprintf(line, "%s:%s", j.kind, j.about);
  text(JOB, 3, line);
  sprintf(line, "%s:%s", j.lane, j.laneOf);
  text(JOB, 4, line);
  sprintf(line, "%s:%s", j.gate, j.gateOf);
  text(JOB, 5, line);
  text(JOB, 6, c->guild);
  sprintf(line, "{\"%s\":\"%s\"}", j.member, j.about);
  text(JOB, 7, line);
  sqlite3_bind_int64(statements[JOB], 8, j.runAt);
  text(JOB, 9, c->correlation);
  sqlite3_bind_int64(statements[JOB], 10, c->now);
  return step(JOB) == SQLITE_DONE;
}

#include "twin_audit.h"

static int start(const click *c, const char *const *row) {
  char change[37];
  makeID(c->now, change);
  sqlite3_bind_int64(statements[SHOWN], 1, c->now);
  text(SHOWN, 2, c->issue);
  return addChange(c, change, row) && step(SHOWN) == SQLITE_DONE && audit(c, row) &&
    addJob(c, (job){"issue.change", change, "issue.change", c->issue, "notion", row[CONNECTION], "change", c->now}) &&
    addJob(c, (job){"issue.deliver", c->issue, "issue", c->issue, "discord", row[CHANNEL], "issue", c->now + 3500});
}

static int keep(const click *c, const char *answer) {
  text(ANSWER, 1, c->id);
  sqlite3_bind_int64(statements[ANSWER], 2, c->now);
  text(ANSWER, 3, c->guild);
  text(ANSWER, 4, c->hash);
  text(ANSWER, 5, answer);
  text(ANSWER, 6, c->correlation);
  text(ANSWER, 7, c->user);
  return step(ANSWER) == SQLITE_DONE;
}

static int isPending(const click *c) {
  text(LAST, 1, c->issue);
  int isPending = step(LAST) == SQLITE_ROW && !strcmp((const char *)sqlite3_column_text(statements[LAST], 0), "pending");
  sqlite3_reset(statements[LAST]);
  return isPending;
}

// The answer to a press, to be freed; NULL when there is nothing to do.
static char *pressed(const click *c) {
  const char *row[COLUMNS];
  char *answer = NULL;
  text(ISSUE, 1, c->issue);
  text(ISSUE, 2, c->guild);
  if (step(ISSUE) == SQLITE_ROW && !isPending(c)) {
    for (int i = 0; i < COLUMNS; i++) row[i] = (const char *)sqlite3_column_text(statements[ISSUE], i);
    answer = drawn(c->issue, c->person, row);
    if (!start(c, row) || !keep(c, answer)) {
      free(answer);
      answer = NULL;
    }
  }
  sqlite3_reset(statements[ISSUE]);
  return answer;
}

// The answer, once it is kept.
static char *press(const click *c) {
  char *answer = NULL;
  pthread_mutex_lock(&writing);
  if (step(BEGIN) == SQLITE_DONE) {
    text(EARLIER, 1, c->id);
    if (step(EARLIER) == SQLITE_ROW) answer = strdup((const char *)sqlite3_column_text(statements[EARLIER], 0));
    else answer = pressed(c);
    sqlite3_reset(statements[EARLIER]);
    if (step(answer ? COMMIT : ROLLBACK) != SQLITE_DONE) {
      step(ROLLBACK);
      free(answer);
      answer = NULL;
    }
  }
  pthread_mutex_unlock(&writing);
  return answer;
}

// ---- a request ------------------------------------------------------------
static const char *member(const cJSON *of, const char *name) {
  const cJSON *found = cJSON_GetObjectItemCaseSensitive(of, name);
  return cJSON_IsString(found) ? found->valuestring : NULL;
}

static char *answer(const cJSON *json, const char *body, size_t length, const char *correlation) {
  const cJSON *type = cJSON_GetObjectItemCaseSensitive(json, "type");
  if (cJSON_IsNumber(type) && type->valueint == 1) return strdup("{\"type\":1}");
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
