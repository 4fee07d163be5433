// Functions that glibc gave a newer version without a change that matters here: the mathematics lost its
// SVID error handling in 2.29, and 2.34 moved libpthread and libdl into libc. Each is defined here, local to
// the addon, on top of the version that every glibc of this architecture has.
#include <pthread.h>

#if defined(__x86_64__)
#define OLDEST "GLIBC_2.2.5"
#elif defined(__aarch64__)
#define OLDEST "GLIBC_2.17"
#elif defined(__arm__)
#define OLDEST "GLIBC_2.4"
#else
#error "which version does the first glibc of this architecture have?"
#endif

#define OLD(result, name, ...)                                                                               \
    extern result old_##name(__VA_ARGS__);                                                                   \
    __asm__(".symver old_" #name ", " #name "@" OLDEST)

OLD(double, exp, double);
double exp(double x) {
    return old_exp(x);
}

OLD(double, exp2, double);
double exp2(double x) {
    return old_exp2(x);
}

OLD(double, log, double);
double log(double x) {
    return old_log(x);
}

OLD(double, log2, double);
double log2(double x) {
    return old_log2(x);
}

OLD(double, pow, double, double);
double pow(double x, double y) {
    return old_pow(x, y);
}

OLD(int, pthread_create, pthread_t*, const pthread_attr_t*, void* (*)(void*), void*);
int pthread_create(pthread_t* thread, const pthread_attr_t* attributes, void* (*start)(void*), void* data) {
    return old_pthread_create(thread, attributes, start, data);
}

OLD(int, pthread_join, pthread_t, void**);
int pthread_join(pthread_t thread, void** result) {
    return old_pthread_join(thread, result);
}

OLD(int, pthread_detach, pthread_t);
int pthread_detach(pthread_t thread) {
    return old_pthread_detach(thread);
}

OLD(int, pthread_once, pthread_once_t*, void (*)(void));
int pthread_once(pthread_once_t* once, void (*initialise)(void)) {
    return old_pthread_once(once, initialise);
}

OLD(int, pthread_key_create, pthread_key_t*, void (*)(void*));
int pthread_key_create(pthread_key_t* key, void (*destroy)(void*)) {
    return old_pthread_key_create(key, destroy);
}

// libstdc++ takes this name's presence for a sign of threads.
int __pthread_key_create(pthread_key_t* key, void (*destroy)(void*)) {
    return old_pthread_key_create(key, destroy);
}

OLD(int, pthread_key_delete, pthread_key_t);
int pthread_key_delete(pthread_key_t key) {
    return old_pthread_key_delete(key);
}

OLD(void*, dlopen, const char*, int);
void* dlopen(const char* file, int mode) {
    return old_dlopen(file, mode);
}

OLD(void*, dlsym, void*, const char*);
void* dlsym(void* library, const char* name) {
    return old_dlsym(library, name);
}

OLD(int, dlclose, void*);
int dlclose(void* library) {
    return old_dlclose(library);
}

OLD(char*, dlerror, void);
char* dlerror(void) {
    return old_dlerror();
}

OLD(int, dladdr, const void*, void*);
int dladdr(const void* address, void* info) {
    return old_dladdr(address, info);
}
