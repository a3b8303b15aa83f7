// load.c - posts signed Discord interactions to one address and tells how the answers came.
//
// One thread, epoll, one request at a time on each kept connection. All bodies are made and signed before the clock
// starts: an interaction id of its own for each, and the issues one after the other in a scattered order. Then it prints
// "ready", waits for a line on standard input, and runs. Every answer is checked: status 200 and the expected text.
// It talks to 127.0.0.1 only.
//
//   load -u PORT/PATH -p PAYLOAD -e TEXT [-c connections] [-d seconds] [-w warm-up] [-r requests/s] [-n requests] [-i issues] [-o]
//
// The payload may hold @ID@ (interaction), @ISSUE@ (twelve digits), @TICKET@ (1 to 100,000), @USER@ and @SEP@ (a colon).
// -n is how many bodies are made; they are sent again and again, or once with -o, which ends the run early if need be.
// -r sends at a fixed rate and counts each wait from the moment the request was due.
//
// build: cc -O2 -o load load.c -lcrypto
#define _GNU_SOURCE
#include <errno.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <openssl/evp.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/epoll.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

// RFC 8032, section 7.1, test 1; the public key is d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a.
static const unsigned char seed[32] = {0x9d, 0x61, 0xb1, 0x9d, 0xef, 0xfd, 0x5a, 0x60, 0xba, 0x84, 0x4a,
  0xf4, 0x92, 0xec, 0x2c, 0xc4, 0x44, 0x49, 0xc5, 0x69, 0x7b, 0x32, 0x69, 0x19, 0x70, 0x3b, 0xac, 0x03, 0x1c, 0xae,
  0x7f, 0x60};

typedef struct { char *bytes; size_t length; } message;
typedef struct { int fd, busy; const message *sending; size_t sent, received; uint64_t due; char answer[32768]; } connection;

static int port = 0, connections = 1, once = 0, count = 512, issues = 100000;
static double seconds = 3, warm = 0.5, rate = 0;
static char *path, *payload, *expected = "\"type\":";
static message *pool;
static long taken, answers, wrong, broken;
static char firstWrong[400];
static uint32_t *waits;
static size_t waitCount, waitCapacity = 1 << 16;
static int poller;
static struct sockaddr_in address;

static void die(const char *why) { fprintf(stderr, "load: %s\n", why); exit(2); }
static uint64_t now(void) {
  struct timespec t;
  clock_gettime(CLOCK_MONOTONIC, &t);
  return t.tv_sec * 1000000000ull + t.tv_nsec;
}

// ---- what is sent ---------------------------------------------------------
static char *contents(const char *name) {
  FILE *file = fopen(name, "rb");
  if (!file) die("the payload cannot be opened");
  char *text = calloc(1, 1 << 20);
  size_t length = fread(text, 1, (1 << 20) - 1, file);
  fclose(file);
  while (length && text[length - 1] == '\n') text[--length] = 0;
  return text;
}

static char *filled(const char *template, uint64_t id, long number) {
  char values[5][32];
  const char *names[5] = {"@ID@", "@ISSUE@", "@TICKET@", "@USER@", "@SEP@"};
  sprintf(values[0], "%llu", (unsigned long long)id);
  sprintf(values[1], "%012ld", number);
  sprintf(values[2], "%ld", 1 + number % 100000);
  sprintf(values[3], "15%017ld", number);
  strcpy(values[4], ":");
  char *text = malloc(strlen(template) + 1024), *end = text;
  while (*template) {
    int k = 0;
    while (k < 5 && strncmp(template, names[k], strlen(names[k]))) k++;
    if (k == 5) { *end++ = *template++; continue; }
    end = stpcpy(end, values[k]);
    template += strlen(names[k]);
  }
  *end = 0;
  return text;
}

static void sign(EVP_PKEY *key, const char *stamp, const char *body, char *hex) {
  size_t stampLength = strlen(stamp), length = stampLength + strlen(body), size = 64;
  unsigned char signature[64], *text = malloc(length);
  memcpy(text, stamp, stampLength);
  memcpy(text + stampLength, body, length - stampLength);
  EVP_MD_CTX *context = EVP_MD_CTX_new();
  if (EVP_DigestSignInit(context, NULL, NULL, NULL, key) != 1 || EVP_DigestSign(context, signature, &size, text, length) != 1)
    die("a body cannot be signed");
  EVP_MD_CTX_free(context);
  free(text);
  for (int i = 0; i < 64; i++) sprintf(hex + 2 * i, "%02x", signature[i]);
}

static void makePool(void) {
  EVP_PKEY *key = EVP_PKEY_new_raw_private_key(EVP_PKEY_ED25519, NULL, seed, 32);
  char stamp[24];
  sprintf(stamp, "%ld", (long)time(NULL));
  struct timespec t;
  clock_gettime(CLOCK_REALTIME, &t);
  uint64_t id = ((uint64_t)t.tv_sec * 1000 + t.tv_nsec / 1000000 - 1420070400000ull) << 22;
  pool = calloc(count, sizeof *pool);
  for (long i = 0; i < count; i++) {
    char hex[129], *body = filled(payload, id + i, i * 7919 % issues);
    sign(key, stamp, body, hex);
    int length = asprintf(&pool[i].bytes,
      "POST /%s HTTP/1.1\r\nHost: 127.0.0.1\r\nUser-Agent: Discord-Interactions/1.0 (+https://discord.com)\r\n"
      "Content-Length: %zu\r\nContent-Type: application/json\r\nX-Signature-Ed25519: %s\r\n"
      "X-Signature-Timestamp: %s\r\nAccept-Encoding: gzip\r\n\r\n%s",
      path, strlen(body), hex, stamp, body);
    pool[i].length = length;
    free(body);
  }
  EVP_PKEY_free(key);
}

// ---- a connection ---------------------------------------------------------
static void openConnection(connection *c) {
  int yes = 1;
  c->fd = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK, 0);
  setsockopt(c->fd, IPPROTO_TCP, TCP_NODELAY, &yes, sizeof yes);
  if (connect(c->fd, (struct sockaddr *)&address, sizeof address) < 0 && errno != EINPROGRESS) die("nobody listens there");
  struct epoll_event event = {.events = EPOLLIN | EPOLLOUT | EPOLLRDHUP | EPOLLET, .data.ptr = c};
  epoll_ctl(poller, EPOLL_CTL_ADD, c->fd, &event);
  c->sent = c->received = 0;
}

static void push(connection *c) {
  while (c->busy && c->sent < c->sending->length) {
    ssize_t n = send(c->fd, c->sending->bytes + c->sent, c->sending->length - c->sent, MSG_NOSIGNAL);
    if (n < 0) return;  // not now; a broken connection shows when it is read
    c->sent += n;
  }
}

static int begin(connection *c, uint64_t due) {
  if (once && taken == count) return 0;
  c->sending = &pool[taken++ % count];
  c->busy = 1;
  c->sent = c->received = 0;
  c->due = due;
  push(c);
  return 1;
}

// The status of a whole answer, 0 while some of it is missing.
static int wholeAnswer(connection *c, int *closes) {
  c->answer[c->received] = 0;
  char *end = strstr(c->answer, "\r\n\r\n"), *length = strcasestr(c->answer, "\r\nContent-Length:");
  if (!end) return 0;
  char *body = end + 4, *tail = c->answer + c->received;
  int isWhole = length && length < end ? tail - body >= atol(length + 17) : tail - body >= 5 && !memcmp(tail - 5, "0\r\n\r\n", 5);
  char *close = strcasestr(c->answer, "\r\nConnection: close");
  *closes = close && close < end;
  return isWhole ? atoi(c->answer + 9) : 0;
}

static void record(connection *c, int status, uint64_t t, int counts) {
  answers++;
  if (status != 200 || !strstr(c->answer, expected)) {
    if (!wrong++) snprintf(firstWrong, sizeof firstWrong, "%.350s", c->answer);
  }
  if (!counts) return;
  if (waitCount == waitCapacity) waits = realloc(waits, (waitCapacity *= 2) * sizeof *waits);
  waits[waitCount++] = (t - c->due) / 1000;
}

// Reads what is there; answers whether the connection is free for another request.
static int pull(connection *c, uint64_t from, uint64_t until) {
  for (;;) {
    ssize_t n = recv(c->fd, c->answer + c->received, sizeof c->answer - 1 - c->received, 0);
    if (n < 0 && (errno == EAGAIN || errno == ENOTCONN)) return 0;
    if (n <= 0) {
      if (c->busy) broken++;
      close(c->fd);
      openConnection(c);
      return 0;
    }
    c->received += n;
    int closes, status = wholeAnswer(c, &closes);
    if (!status) continue;
    uint64_t t = now();
    record(c, status, t, t >= from && t < until);
    c->busy = 0;
    if (closes) { close(c->fd); openConnection(c); }
    return 1;
  }
}

// ---- the run --------------------------------------------------------------
static int compare(const void *a, const void *b) {
  uint32_t x = *(const uint32_t *)a, y = *(const uint32_t *)b;
  return (x > y) - (x < y);
}

static connection *idle(connection *all) {
  for (int i = 0; i < connections; i++) if (!all[i].busy) return &all[i];
  return NULL;
}

// Sends what is due by the clock; answers how long nothing more is.
static uint64_t sendDue(connection *all, uint64_t start, long *sentSoFar) {
  for (;;) {
    uint64_t due = start + (uint64_t)(*sentSoFar * 1e9 / rate), t = now();
    if (due > t) return due - t;
    connection *c = idle(all);
    if (!c || !begin(c, due)) return 1000000;
    (*sentSoFar)++;
  }
}

static double run(connection *all) {
  uint64_t start = now(), from = start + (uint64_t)(warm * 1e9), until = from + (uint64_t)(seconds * 1e9), t;
  long sentSoFar = 0;
  if (!rate) for (int i = 0; i < connections; i++) begin(&all[i], now());
  struct epoll_event events[256];
  while ((t = now()) < until) {
    uint64_t pause = rate ? sendDue(all, start, &sentSoFar) : 20000000;
    if (once && answers == count) break;
    struct timespec limit = {pause / 1000000000, pause % 1000000000};
    int n = epoll_pwait2(poller, events, 256, &limit, NULL);
    for (int i = 0; i < n; i++) {
      connection *c = events[i].data.ptr;
      if (events[i].events & EPOLLOUT) push(c);
      if (pull(c, from, until) && !rate) begin(c, now());
    }
    if (broken > 1000) break;
  }
  return (t > from ? t - from : 1) / 1e9;
}

static void report(connection *all, double measured) {
  int stuck = 0;
  for (int i = 0; i < connections; i++) stuck += all[i].busy && now() - all[i].due > 1000000000ull;
  qsort(waits, waitCount, sizeof *waits, compare);
#define SHARE(p) (waitCount ? waits[(size_t)((waitCount - 1) * (p))] : 0)
  printf("{\"rps\": %.1f, \"p50\": %u, \"p99\": %u, \"p999\": %u, \"max\": %u, \"answers\": %ld, \"wrong\": %ld, \"broken\": %ld, \"stuck\": %d}\n",
    waitCount / measured, SHARE(.5), SHARE(.99), SHARE(.999), SHARE(1), answers, wrong, broken, stuck);
  if (wrong) fprintf(stderr, "load: %ld wrong answers, the first: %s\n", wrong, firstWrong);
}

int main(int argc, char **argv) {
  int option;
  while ((option = getopt(argc, argv, "u:p:e:c:d:w:r:n:i:o")) != -1) switch (option) {
    case 'u': port = atoi(optarg); path = strchr(optarg, '/'); break;
    case 'p': payload = contents(optarg); break;
    case 'e': expected = optarg; break;
    case 'c': connections = atoi(optarg); break;
    case 'd': seconds = atof(optarg); break;
    case 'w': warm = atof(optarg); break;
    case 'r': rate = atof(optarg); break;
    case 'n': count = atoi(optarg); break;
    case 'i': issues = atoi(optarg); break;
    case 'o': once = 1; break;
    default: die("see the head of load.c for its options");
  }
  if (!port || !path || !payload || count < 1 || connections < 1) die("-u PORT/PATH and -p PAYLOAD are needed");
  path++;
  address = (struct sockaddr_in){.sin_family = AF_INET, .sin_port = htons(port), .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
  makePool();
  waits = malloc(waitCapacity * sizeof *waits);
  connection *all = calloc(connections, sizeof *all);
  prctl(PR_SET_TIMERSLACK, 1ul);
  poller = epoll_create1(0);
  puts("ready");
  fflush(stdout);
  if (getchar() == EOF) return 2;
  for (int i = 0; i < connections; i++) openConnection(&all[i]);  // not before: nginx closes those that say nothing
  report(all, run(all));
  return wrong || broken ? 1 : 0;
}
