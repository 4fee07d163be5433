#include "versions.h"

#include <MNN/Interpreter.hpp>
#include <ncnn/platform.h>

namespace twinfer {

Napi::Object createVersions(Napi::Env env) {
    Napi::Object versions = Napi::Object::New(env);
    versions["ncnn"] = Napi::String::New(env, NCNN_VERSION_STRING);
    versions["mnn"] = Napi::String::New(env, MNN::getVersion());
#if defined(__clang__)
    versions["compiler"] = Napi::String::New(env, "Clang " __clang_version__);
#else
    versions["compiler"] = Napi::String::New(env, "GCC " __VERSION__);
#endif
    return versions;
}

} // namespace twinfer
