// Functions and data that glibc 2.28 does not have, in terms of what it has.
#define _GNU_SOURCE
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <sys/random.h>
#include <sys/stat.h>

// Before 2.33 the headers made stat() and its like of these; the number is the layout of struct stat
// (bits/xstatver.h of glibc 2.28).
#if defined(__x86_64__)
#define STAT_LAYOUT 1
#elif defined(__aarch64__)
#define STAT_LAYOUT 0
#else
#define STAT_LAYOUT 3
#endif
extern int __xstat(int layout, const char* file, struct stat* result);
extern int __fxstat(int layout, int file, struct stat* result);
extern int __xstat64(int layout, const char* file, struct stat64* result);
extern int __fxstat64(int layout, int file, struct stat64* result);

int stat(const char* file, struct stat* result) {
    return __xstat(STAT_LAYOUT, file, result);
}

int fstat(int file, struct stat* result) {
    return __fxstat(STAT_LAYOUT, file, result);
}

int stat64(const char* file, struct stat64* result) {
    return __xstat64(STAT_LAYOUT, file, result);
}

int fstat64(int file, struct stat64* result) {
    return __fxstat64(STAT_LAYOUT, file, result);
}

// libstdc++ counts references without atomics where this is not 0 (2.32). Node always has threads.
char __libc_single_threaded = 0;

// std::random_device (2.36).
uint32_t arc4random(void) {
    uint32_t bits;
    if (getentropy(&bits, sizeof bits) != 0) abort();
    return bits;
}
