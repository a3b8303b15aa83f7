#ifndef GUILDHALL_CFASTCGI_SHIM_H
#define GUILDHALL_CFASTCGI_SHIM_H

#include <fcgiapp.h>

// The kernel's part of the accept loop, which Swift's Glibc module leaves out.
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/socket.h>

// Declared by glibc under _GNU_SOURCE only.
extern int accept4(int descriptor, struct sockaddr *address, socklen_t *length, int flags);

#endif
