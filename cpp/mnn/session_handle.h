#pragma once

#include <functional>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "interpreter_handle.h"

namespace twinfer::mnn {

class TensorHandle;
class TensorMap;

// MNN's SessionInfoCode values, read together.
struct SessionInfo {
    float memory = 0;     // MB, of the whole runtime
    float flops = 0;      // millions; 0 in Session_Release mode
    int backend = 0;      // MNNForwardType that runs; 13 is the CPU with its extension kernels
    int resizeStatus = 0; // 0 ready, 1 needs memory, 2 needs a resize
    int threads = 0;
};

// One Session. Its tensors are borrowed from it, so they and their maps hold it alive; release() makes
// all of them unusable instead of dangling.
class SessionHandle : public std::enable_shared_from_this<SessionHandle> {
  public:
    SessionHandle(std::shared_ptr<InterpreterHandle> interpreter, SessionRequest request);
    ~SessionHandle();
    SessionHandle(const SessionHandle&) = delete;
    SessionHandle& operator=(const SessionHandle&) = delete;

    std::vector<std::string> inputNames() const;
    std::vector<std::string> outputNames() const;

    // The same object for the same name. Throws TWINFER_UNKNOWN_INPUT or TWINFER_UNKNOWN_OUTPUT; without
    // a name the first one.
    std::shared_ptr<TensorHandle> input(const std::string* name);
    std::shared_ptr<TensorHandle> output(const std::string* name);

    // Takes effect with resizeSession(). Throws TWINFER_INVALID_ARGUMENT for a tensor that is no input of
    // this session, TWINFER_SHAPE_MISMATCH for another number of dimensions or of channels than the
    // model has: MNN would run that and give garbage.
    void resizeTensor(const TensorHandle& tensor, const Shape& shape);
    // Unmaps every tensor first. Throws TWINFER_ENGINE_FAILED, TWINFER_INVALID_STATE after releaseModel.
    void resize();
    void run();
    // Throws TWINFER_INVALID_STATE unless run() may be called.
    void expectRunnable() const;
    SessionInfo info() const;
    void release();

    // Throws TWINFER_DISPOSED after release().
    MNN::Session& session() const;
    InterpreterHandle& interpreter() const { return *interpreter_; }
    // True once every tensor has its memory.
    bool ready() const { return ready_; }
    void track(const std::shared_ptr<TensorMap>& map);

  private:
    using Tensors = std::map<std::string, std::shared_ptr<TensorHandle>>;

    const std::map<std::string, MNN::Tensor*>& tensors(bool inputs) const;
    std::shared_ptr<TensorHandle> find(const std::string* name, bool input);
    void unmapAll();
    int resizeStatus() const;

    std::shared_ptr<InterpreterHandle> interpreter_;
    std::unique_ptr<SessionRequest> request_; // MNN keeps a pointer into it
    MNN::Session* session_ = nullptr;
    Tensors inputs_;
    Tensors outputs_;
    std::vector<std::weak_ptr<TensorMap>> maps_;
    bool ready_ = false;
};

} // namespace twinfer::mnn
