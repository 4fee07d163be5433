#pragma once

#include <cstdint>
#include <functional>

#include "message.h"
#include "shared_memory.h"

namespace twinfer {

// Turns of two processes that hand each other one message at a time, through memory that both see.
class Mailbox {
  public:
    enum class Side : uint32_t { host, engine };

    explicit Mailbox(Side side);  // of the host: new memory
    Mailbox(Side side, int file); // of the engine's process

    int file() const { return memory_.file(); }

    // Writes a message and hands the turn over. `write` is called twice: to count, and to write.
    void send(const std::function<void(MessageWriter&)>& write);
    // Waits for the turn. `goOn` is asked every few milliseconds and ends the waiting where it says false;
    // then the turn is not this side's.
    bool await(const std::function<bool()>& goOn);
    // The message that came with the turn.
    MessageReader read();
    // Takes the turn from a process that has ended.
    void reset();

  private:
    struct Header;
    Header& header() const;

    const Side side_;
    SharedMemory memory_;
};

} // namespace twinfer
