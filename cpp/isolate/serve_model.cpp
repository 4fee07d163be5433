#include "serve_model.h"

#include <chrono>
#include <fstream>
#include <memory>
#include <new>
#include <string>
#include <thread>

#include <sys/resource.h>
#include <unistd.h>

#include "../error.h"
#include "lack_of_memory.h"
#include "mailbox.h"
#include "protocol.h"

namespace twinfer {

namespace {

// An engine that hangs never looks: this does, and ends the process with its parent.
void leaveWith(pid_t parent) {
    std::thread([parent] {
        while (getppid() == parent) std::this_thread::sleep_for(std::chrono::milliseconds(500));
        _exit(2);
    }).detach();
}

// Private writable memory in use, in bytes; 0 where the system does not say.
size_t dataInUse() {
    std::ifstream status("/proc/self/status");
    for (std::string line; std::getline(status, line);)
        if (line.rfind("VmData:", 0) == 0) return size_t(std::stoull(line.substr(7))) * 1024;
    return 0;
}

void limitMemory(double bytes) {
    const size_t used = dataInUse();
    if (bytes <= 0 || used == 0) return;
    const rlimit limit{rlim_t(double(used) + bytes), rlim_t(double(used) + bytes)};
    if (setrlimit(RLIMIT_DATA, &limit) == 0) endOnLackOfMemory();
}

class Server {
  public:
    explicit Server(int file) : mailbox_(Mailbox::Side::engine, file) {}

    void answer() {
        mailbox_.await([] { return true; });
        MessageReader question = mailbox_.read();
        LogCapture capture;
        try {
            switch (Question(question.number<uint8_t>())) {
            case Question::open: open(question, capture); break;
            case Question::run: run(question, capture); break;
            }
        } catch (const Error& error) {
            fail(capture, error);
        } catch (const std::bad_alloc&) {
            fail(capture, Error("TWINFER_OUT_OF_MEMORY", "the engine could not get the memory it asked for"));
        } catch (const std::exception& error) {
            fail(capture, Error("TWINFER_INTERNAL", error.what()));
        }
    }

  private:
    void open(MessageReader& question, LogCapture& capture) {
        limit_ = question.number<double>();
        const ModelRequest model = readModel(question);
        limitMemory(limit_);
        runner_ = openModel(model);
        done(capture, [&](MessageWriter& to) {
            write(to, runner_->inputs());
            write(to, runner_->outputs());
            write(to, runner_->tensorNames());
            write(to, runner_->effective());
        });
    }

    void run(MessageReader& question, LogCapture& capture) {
        const RunRequest request = readRequest(question);
        const RunResult result = runner_->run(request);
        // What an engine does is known only after a run of such shapes.
        std::vector<Shape> shapes;
        for (const InputView& input : request.inputs) shapes.push_back(input.shape);
        const bool isNew = shapes != lastShapes_;
        lastShapes_ = std::move(shapes);
        done(capture, [&](MessageWriter& to) {
            write(to, result);
            to.number(isNew);
            if (isNew) write(to, runner_->effective());
        });
    }

    template <typename Write> void done(LogCapture& capture, const Write& content) {
        const std::vector<LogLine> lines = capture.take();
        mailbox_.send([&](MessageWriter& to) {
            to.number(uint8_t(Answer::done));
            write(to, lines);
            content(to);
        });
    }

    void fail(LogCapture& capture, const Error& error) {
        const bool isLimit = limit_ > 0 && error.code() == "TWINFER_OUT_OF_MEMORY";
        const std::vector<LogLine> lines = capture.take();
        mailbox_.send([&](MessageWriter& to) {
            to.number(uint8_t(Answer::failed));
            write(to, lines);
            to.text(isLimit ? "TWINFER_LIMIT_EXCEEDED" : error.code());
            to.text(isLimit ? std::string("expected at most ") + std::to_string(uint64_t(limit_)) +
                                  " bytes of memory, received: " + error.what()
                            : error.what());
            to.text(isLimit ? "Give a higher limits.memory." : error.help());
        });
    }

    Mailbox mailbox_;
    std::shared_ptr<Runner> runner_;
    double limit_ = 0;
    std::vector<Shape> lastShapes_;
};

} // namespace

void serveModel(int file) {
    leaveWith(getppid());
    Server server(file);
    for (;;) server.answer();
}

} // namespace twinfer
