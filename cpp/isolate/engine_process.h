#pragma once

#include <string>
#include <vector>

#include <sys/types.h>

namespace twinfer {

constexpr int kMailboxFile = 3;

// A child process that shares a mailbox with this one. It hears nothing, says nothing, and is not ended by a
// Ctrl-C that is meant for its parent; it goes with its parent all the same (serveModel).
class EngineProcess {
  public:
    // `command`: a program and its arguments, which calls `serveModel` with the descriptor kMailboxFile.
    // Throws TWINFER_ENGINE_CRASHED where it cannot be started.
    EngineProcess(const std::vector<std::string>& command, int mailboxFile);
    ~EngineProcess(); // ends it
    EngineProcess(const EngineProcess&) = delete;
    EngineProcess& operator=(const EngineProcess&) = delete;

    bool alive();
    // How it ended, such as "SIGSEGV" or "exit code 7". Once it is not alive.
    std::string end() const;
    // Whether it ended for lack of the memory that it may have.
    bool lackedMemory() const;
    void kill();

  private:
    pid_t id_ = -1;
    int status_ = 0;
    bool ended_ = false;
};

} // namespace twinfer
