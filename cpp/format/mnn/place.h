#pragma once

#include <string>
#include <utility>

#include "../findings.h"

namespace twinfer::mnn {

constexpr const char* kConvertAgain = "Convert the model again; MNN itself would read past its buffers here.";

// What a rule looks at, and where it says what is wrong there. Nothing goes on behind an error of its own:
// all of these give false, for a rule to end with.
class Place {
  public:
    // What check() says of it where open() has other words.
    struct Words {
        std::string message;
        std::string help = kConvertAgain;
    };

    // `where` stands in front of each message: "operator 3 (Convolution 'conv1')". Both may be empty.
    Place(Findings& findings, std::string where, std::string layer = {})
        : findings_(findings), where_(std::move(where)), layer_(std::move(layer)) {}

    bool refuse(const char* code, const std::string& what) const { return refuse(code, what, {what}); }

    bool refuse(const char* code, const std::string& what, const Words& checked) const {
        findings_.refuse({code, in(checked.message), checked.help, layer_},
                         Error("TWINFER_MODEL_INVALID", "not a sound MNN model: " + in(what), kConvertAgain));
        return false;
    }

    // For errors of another kind.
    bool refuse(const char* code, const Error& error) const {
        findings_.refuse({code, error.what(), error.help(), layer_}, error);
        return false;
    }

    std::string in(const std::string& what) const { return where_.empty() ? what : where_ + ": " + what; }

    // The same, said of another file.
    Place of(Findings& findings) const { return {findings, where_, layer_}; }

  private:
    Findings& findings_;
    std::string where_;
    std::string layer_;
};

} // namespace twinfer::mnn
