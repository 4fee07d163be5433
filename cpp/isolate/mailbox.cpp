#include "mailbox.h"

#include <atomic>
#include <climits>
#include <ctime>

#include <linux/futex.h>
#include <sys/syscall.h>
#include <unistd.h>

namespace twinfer {

// At the start of the memory; the message follows at kMessageAlign.
struct Mailbox::Header {
    std::atomic<uint32_t> turn;
    uint32_t unused;
    std::atomic<uint64_t> bytes;
};

namespace {

constexpr long kPatience = 20 * 1000 * 1000; // nanoseconds between two questions whether to go on
// What a wake-up of the system costs, about: a small model answers sooner.
constexpr int kSpins = 2000;

static_assert(std::atomic<uint32_t>::is_always_lock_free, "two processes share it");

void pauseBriefly() {
#if defined(__x86_64__)
    __builtin_ia32_pause();
#elif defined(__aarch64__) || defined(__arm__)
    __asm__ __volatile__("yield");
#endif
}

// Sleeps while the word has this value, for a while at most.
void sleepWhile(std::atomic<uint32_t>& word, uint32_t value) {
    timespec patience{0, kPatience};
    syscall(SYS_futex, &word, FUTEX_WAIT, value, &patience, nullptr, 0);
}

void wake(std::atomic<uint32_t>& word) {
    syscall(SYS_futex, &word, FUTEX_WAKE, INT_MAX, nullptr, nullptr, 0);
}

} // namespace

Mailbox::Mailbox(Side side) : side_(side) {
    reset();
}

Mailbox::Mailbox(Side side, int file) : side_(side), memory_(file) {}

Mailbox::Header& Mailbox::header() const {
    return *reinterpret_cast<Header*>(memory_.data());
}

void Mailbox::send(const std::function<void(MessageWriter&)>& write) {
    MessageWriter counting;
    write(counting);
    memory_.grow(kMessageAlign + counting.size());
    MessageWriter writing(memory_.data() + kMessageAlign);
    write(writing);
    header().bytes.store(writing.size(), std::memory_order_relaxed);
    const Side other = side_ == Side::host ? Side::engine : Side::host;
    header().turn.store(uint32_t(other), std::memory_order_release);
    wake(header().turn);
}

bool Mailbox::await(const std::function<bool()>& goOn) {
    const uint32_t own = uint32_t(side_);
    for (int spin = 0; spin < kSpins; spin++) {
        if (header().turn.load(std::memory_order_acquire) == own) return true;
        pauseBriefly();
    }
    for (;;) {
        const uint32_t turn = header().turn.load(std::memory_order_acquire);
        if (turn == own) return true;
        sleepWhile(header().turn, turn);
        if (header().turn.load(std::memory_order_acquire) != own && !goOn()) return false;
    }
}

MessageReader Mailbox::read() {
    memory_.follow();
    const uint64_t bytes = header().bytes.load(std::memory_order_relaxed);
    const size_t room = memory_.size() - kMessageAlign;
    return MessageReader(memory_.data() + kMessageAlign, bytes < room ? size_t(bytes) : room);
}

void Mailbox::reset() {
    header().turn.store(uint32_t(Side::host), std::memory_order_release);
}

} // namespace twinfer
