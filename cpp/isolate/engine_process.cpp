#include "engine_process.h"

#include <cerrno>
#include <csignal>
#include <cstring>
#include <memory>

#include <fcntl.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include "../error.h"
#include "lack_of_memory.h"

namespace twinfer {

namespace {

struct Actions {
    posix_spawn_file_actions_t value;
    Actions() { posix_spawn_file_actions_init(&value); }
    ~Actions() { posix_spawn_file_actions_destroy(&value); }
};

struct Attributes {
    posix_spawnattr_t value;
    Attributes() { posix_spawnattr_init(&value); }
    ~Attributes() { posix_spawnattr_destroy(&value); }
};

// What is meant for the parent: options of its own, and channels that are not the child's.
bool isInherited(const char* variable) {
    for (const char* own :
         {"NODE_OPTIONS=", "NODE_CHANNEL_FD=", "NODE_CHANNEL_SERIALIZATION_MODE=", "NODE_V8_COVERAGE="})
        if (std::strncmp(variable, own, std::strlen(own)) == 0) return false;
    return true;
}

std::string nameOfSignal(int signal) {
    switch (signal) {
    case SIGSEGV: return "SIGSEGV";
    case SIGABRT: return "SIGABRT";
    case SIGBUS: return "SIGBUS";
    case SIGFPE: return "SIGFPE";
    case SIGILL: return "SIGILL";
    case SIGKILL: return "SIGKILL";
    case SIGTRAP: return "SIGTRAP";
    case SIGTERM: return "SIGTERM";
    default: return "signal " + std::to_string(signal);
    }
}

} // namespace

EngineProcess::EngineProcess(const std::vector<std::string>& command, int mailboxFile) {
    std::vector<char*> arguments;
    for (const std::string& argument : command) arguments.push_back(const_cast<char*>(argument.c_str()));
    arguments.push_back(nullptr);
    std::vector<char*> variables;
    for (char** variable = environ; *variable != nullptr; variable++)
        if (isInherited(*variable)) variables.push_back(*variable);
    // Where the program is Electron, it is asked to be Node.
    char electron[] = "ELECTRON_RUN_AS_NODE=1";
    variables.push_back(electron);
    variables.push_back(nullptr);

    Actions actions;
    for (const int stream : {STDIN_FILENO, STDOUT_FILENO, STDERR_FILENO})
        posix_spawn_file_actions_addopen(&actions.value, stream, "/dev/null", O_RDWR, 0);
    posix_spawn_file_actions_adddup2(&actions.value, mailboxFile, kMailboxFile);
    Attributes attributes;
    sigset_t none;
    sigemptyset(&none);
    posix_spawnattr_setsigmask(&attributes.value, &none);
    posix_spawnattr_setpgroup(&attributes.value, 0);
    posix_spawnattr_setflags(&attributes.value, POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETPGROUP);
    const int failed = posix_spawn(&id_, arguments[0], &actions.value, &attributes.value, arguments.data(),
                                   variables.data());
    if (failed != 0) {
        throw Error("TWINFER_ENGINE_CRASHED",
                    "expected a process for the engine, received from the system: " +
                        std::string(std::strerror(failed)),
                    "Its limit of processes may be reached (ulimit -u, or pids.max of a container).");
    }
}

EngineProcess::~EngineProcess() {
    kill();
}

bool EngineProcess::alive() {
    if (ended_) return false;
    const pid_t answer = waitpid(id_, &status_, WNOHANG);
    // Somebody else in this process may have waited for it.
    ended_ = answer == id_ || (answer < 0 && errno == ECHILD);
    return !ended_;
}

std::string EngineProcess::end() const {
    if (WIFSIGNALED(status_)) return nameOfSignal(WTERMSIG(status_));
    return "exit code " + std::to_string(WEXITSTATUS(status_));
}

bool EngineProcess::lackedMemory() const {
    return WIFEXITED(status_) && WEXITSTATUS(status_) == kLackOfMemory;
}

void EngineProcess::kill() {
    if (!alive()) return;
    ::kill(id_, SIGKILL);
    waitpid(id_, &status_, 0);
    ended_ = true;
}

} // namespace twinfer
