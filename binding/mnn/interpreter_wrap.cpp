#include "interpreter_wrap.h"

#include "../arguments.h"
#include "../guard.h"
#include "../open_request.h"
#include "mnn/session_handle.h"
#include "schedule_values.h"
#include "session_wrap.h"

namespace twinfer {

Napi::Function InterpreterWrap::define(Napi::Env env) {
    return DefineClass(env, "Interpreter",
                       {
                           InstanceMethod<&InterpreterWrap::setSessionMode>("setSessionMode"),
                           InstanceMethod<&InterpreterWrap::setSessionHint>("setSessionHint"),
                           InstanceMethod<&InterpreterWrap::setCacheFile>("setCacheFile"),
                           InstanceMethod<&InterpreterWrap::createSession>("createSession"),
                           InstanceMethod<&InterpreterWrap::createSessionFor>("createSessionFor"),
                           InstanceMethod<&InterpreterWrap::releaseModel>("releaseModel"),
                           InstanceAccessor<&InterpreterWrap::modelVersion>("modelVersion"),
                           InstanceAccessor<&InterpreterWrap::bizCode>("bizCode"),
                           InstanceAccessor<&InterpreterWrap::uuid>("uuid"),
                       });
}

InterpreterWrap::InterpreterWrap(const Napi::CallbackInfo& info) : ObjectWrap(info) {
    guard(info.Env(), [&]() -> Napi::Value {
        const Arguments arguments(info, "Interpreter");
        const std::string external = arguments.given(1) ? arguments.string(1, "externalFile") : "";
        handle_ = std::make_shared<mnn::InterpreterHandle>(arguments.file(0, "model"), external);
        return info.Env().Undefined();
    });
}

Napi::Value InterpreterWrap::setSessionMode(const Napi::CallbackInfo& info) {
    return guard(info.Env(), [&]() -> Napi::Value {
        handle_->setSessionMode(Arguments(info, "setSessionMode").integer(0, "mode", 0, 15));
        return info.Env().Undefined();
    });
}

Napi::Value InterpreterWrap::setSessionHint(const Napi::CallbackInfo& info) {
    return guard(info.Env(), [&]() -> Napi::Value {
        const Arguments arguments(info, "setSessionHint");
        const int hint = arguments.integer(0, "hint", 0, 18);
        const std::vector<int> values = info[1].IsArray()
                                            ? std::vector<int>(arguments.shape(1, "value"))
                                            : std::vector<int>{arguments.integer(1, "value", -1, 2147483647)};
        handle_->setSessionHint(hint, values);
        return info.Env().Undefined();
    });
}

Napi::Value InterpreterWrap::setCacheFile(const Napi::CallbackInfo& info) {
    return guard(info.Env(), [&]() -> Napi::Value {
        handle_->setCacheFile(Arguments(info, "setCacheFile").string(0, "file"));
        return info.Env().Undefined();
    });
}

Napi::Value InterpreterWrap::createSession(const Napi::CallbackInfo& info) {
    return guard(info.Env(), [&]() -> Napi::Value {
        return SessionWrap::wrap(info.Env(),
                                 std::make_shared<mnn::SessionHandle>(handle_, sessionRequestOf(info[0])));
    });
}

Napi::Value InterpreterWrap::createSessionFor(const Napi::CallbackInfo& info) {
    return guard(info.Env(), [&]() -> Napi::Value {
        const Arguments arguments(info, "createSessionFor");
        mnn::SessionRequest request = handle_->requestFor(runnerOptionsOf(arguments.object(0, "options")));
        if (arguments.given(1)) {
            const Napi::Array names = arguments.array(1, "saveTensors");
            for (uint32_t i = 0; i < names.Length(); i++)
                request.saveTensors.push_back(names.Get(i).ToString().Utf8Value());
        }
        return SessionWrap::wrap(info.Env(),
                                 std::make_shared<mnn::SessionHandle>(handle_, std::move(request)));
    });
}

Napi::Value InterpreterWrap::releaseModel(const Napi::CallbackInfo& info) {
    return guard(info.Env(), [&]() -> Napi::Value {
        handle_->releaseModel();
        return info.Env().Undefined();
    });
}

Napi::Value InterpreterWrap::modelVersion(const Napi::CallbackInfo& info) {
    return Napi::String::New(info.Env(), handle_->facts().version);
}

Napi::Value InterpreterWrap::bizCode(const Napi::CallbackInfo& info) {
    return Napi::String::New(info.Env(), handle_->facts().bizCode);
}

Napi::Value InterpreterWrap::uuid(const Napi::CallbackInfo& info) {
    return Napi::String::New(info.Env(), handle_->facts().uuid);
}

} // namespace twinfer
