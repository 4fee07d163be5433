// A plugin of QEMU's (-plugin counter.so,out=FILE) that counts the instructions of a program with one thread. Where the
// program calls the system with the number below, which no system knows, a line goes into the file: the call's first
// argument and the count so far. `instructions.cpp` of bench/cpp makes these calls.
//
// What it uses of qemu-plugin.h is declared here, because that header is in no package. A newer QEMU wants a newer
// number of that interface: bench/instructions.mjs tries them.
#include <inttypes.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#ifndef PLUGIN_VERSION
#define PLUGIN_VERSION 1
#endif

enum { kMarkCall = 29783 };

typedef uint64_t Id;
struct qemu_plugin_tb;
typedef void (*OnBlock)(unsigned int cpu, void* instructions);
typedef void (*OnTranslation)(Id id, struct qemu_plugin_tb* block);
typedef void (*OnSystemCall)(Id id, unsigned int cpu, int64_t number, uint64_t a1, uint64_t a2, uint64_t a3,
                             uint64_t a4, uint64_t a5, uint64_t a6, uint64_t a7, uint64_t a8);

size_t qemu_plugin_tb_n_insns(const struct qemu_plugin_tb* block);
void qemu_plugin_register_vcpu_tb_trans_cb(Id id, OnTranslation call);
void qemu_plugin_register_vcpu_tb_exec_cb(struct qemu_plugin_tb* block, OnBlock call, int flags, void* data);
void qemu_plugin_register_vcpu_syscall_cb(Id id, OnSystemCall call);

#define EXPORT __attribute__((visibility("default")))

EXPORT int qemu_plugin_version = PLUGIN_VERSION;

static uint64_t count;
static FILE* file;

static void countBlock(unsigned int cpu, void* instructions) {
    (void)cpu;
    count += (uintptr_t)instructions;
}

static void translate(Id id, struct qemu_plugin_tb* block) {
    (void)id;
    qemu_plugin_register_vcpu_tb_exec_cb(block, countBlock, 0, (void*)qemu_plugin_tb_n_insns(block));
}

static void mark(Id id, unsigned int cpu, int64_t number, uint64_t a1, uint64_t a2, uint64_t a3, uint64_t a4,
                 uint64_t a5, uint64_t a6, uint64_t a7, uint64_t a8) {
    (void)id, (void)cpu, (void)a2, (void)a3, (void)a4, (void)a5, (void)a6, (void)a7, (void)a8;
    if (number != kMarkCall) return;
    fprintf(file, "%" PRIu64 " %" PRIu64 "\n", a1, count);
    fflush(file);
}

EXPORT int qemu_plugin_install(Id id, const void* about, int argc, char** argv) {
    (void)about;
    file = argc == 1 && strncmp(argv[0], "out=", 4) == 0 ? fopen(argv[0] + 4, "w") : NULL;
    if (file == NULL) return -1;
    qemu_plugin_register_vcpu_tb_trans_cb(id, translate);
    qemu_plugin_register_vcpu_syscall_cb(id, mark);
    return 0;
}
