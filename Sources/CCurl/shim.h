#ifndef GUILDHALL_CCURL_SHIM_H
#define GUILDHALL_CCURL_SHIM_H

#include <curl/curl.h>

// Swift cannot call variadic functions: one wrapper for each type of value that is handed over or asked for.

static inline CURLcode guildhall_set_number(CURL *handle, CURLoption option, long value) {
  return curl_easy_setopt(handle, option, value);
}

static inline CURLcode guildhall_set_size(CURL *handle, CURLoption option, curl_off_t value) {
  return curl_easy_setopt(handle, option, value);
}

static inline CURLcode guildhall_set_text(CURL *handle, CURLoption option, const char *value) {
  return curl_easy_setopt(handle, option, value);
}

static inline CURLcode guildhall_set_pointer(CURL *handle, CURLoption option, void *value) {
  return curl_easy_setopt(handle, option, value);
}

static inline void guildhall_set_callbacks(
    CURL *handle, void *context, curl_write_callback body, curl_write_callback header,
    curl_opensocket_callback open_socket, curl_prereq_callback before_request) {
  curl_easy_setopt(handle, CURLOPT_WRITEDATA, context);
  curl_easy_setopt(handle, CURLOPT_WRITEFUNCTION, body);
  curl_easy_setopt(handle, CURLOPT_HEADERDATA, context);
  curl_easy_setopt(handle, CURLOPT_HEADERFUNCTION, header);
  curl_easy_setopt(handle, CURLOPT_OPENSOCKETDATA, context);
  curl_easy_setopt(handle, CURLOPT_OPENSOCKETFUNCTION, open_socket);
  curl_easy_setopt(handle, CURLOPT_PREREQDATA, context);
  curl_easy_setopt(handle, CURLOPT_PREREQFUNCTION, before_request);
}

static inline long guildhall_get_number(CURL *handle, CURLINFO info) {
  long value = 0;
  curl_easy_getinfo(handle, info, &value);
  return value;
}

#endif
