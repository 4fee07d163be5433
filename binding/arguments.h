#pragma once

#include <napi.h>

#include <string>
#include <vector>

#include "format/ncnn/weight_layout.h"
#include "runner/runner.h"

namespace twinfer {

// The memory and the element type of a typed array.
struct TypedArrayView {
    void* data;
    size_t length;
    size_t bytes;
    DType dtype;
};

// The arguments of one call, each read with its name and its type:
//   const Arguments arguments(info, "Net.loadParam");
//   const std::string path = arguments.string(0, "path");
// Throws TWINFER_INVALID_ARGUMENT "Net.loadParam: expected a string for path, received a number".
class Arguments {
  public:
    Arguments(const Napi::CallbackInfo& info, const char* function) : info_(info), function_(function) {}

    // False for undefined, null and a missing argument.
    bool given(size_t index) const;

    std::string string(size_t index, const char* name) const;
    bool boolean(size_t index, const char* name) const;
    double number(size_t index, const char* name) const;
    int integer(size_t index, const char* name, int least, int most) const;
    // Of a file: neither negative nor beyond what a double counts.
    int64_t bytes(size_t index, const char* name) const;
    Napi::Function function(size_t index, const char* name) const;
    // Of a .bin that JavaScript has open, as (offset: number) => number | undefined. For this call only: tags
    // are asked for, a few hundred at most.
    ReadWord words(size_t index, const char* name) const;
    Napi::Object object(size_t index, const char* name) const;
    Napi::Array array(size_t index, const char* name) const;
    Shape shape(size_t index, const char* name) const;
    TypedArrayView typedArray(size_t index, const char* name) const;
    // A path as a string, or a file's content as a Uint8Array (copied: the caller may detach it).
    ModelFile file(size_t index, const char* name) const;

    [[noreturn]] void refuse(const char* expected, const char* name, Napi::Value received) const;

  private:
    Napi::Value at(size_t index) const { return info_[index]; }

    const Napi::CallbackInfo& info_;
    const char* function_;
};

// Conversions that the readers above and the walkers of option objects share. They throw
// TWINFER_INVALID_ARGUMENT; `what` names the value.
TypedArrayView viewOf(Napi::Value value, const std::string& what);
Shape shapeOf(Napi::Value value, const std::string& what);
ModelFile fileOf(Napi::Value value, const std::string& what);
Options optionsOf(Napi::Value value, const std::string& what);

// "a number (3)", "undefined", "an array": for messages.
std::string describe(Napi::Value value);

Napi::Array toArray(Napi::Env env, const Shape& shape);
Napi::Object toObject(Napi::Env env, const Options& options);

} // namespace twinfer
