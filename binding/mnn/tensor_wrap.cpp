#include "tensor_wrap.h"

#include "../addon.h"
#include "../arguments.h"
#include "../guard.h"
#include "../host_tensor.h"
#include "map_values.h"

namespace twinfer {

namespace {

constexpr napi_type_tag kTag = {0x7477696e66657202, 0x6d6e6e54656e736f};

Layout layoutNamed(const std::string& name) {
    for (const Layout layout : {Layout::NCHW, Layout::NHWC, Layout::NC4HW4}) {
        if (name == nameOf(layout)) return layout;
    }
    throw Error("TWINFER_INVALID_ARGUMENT", "expected layout NCHW, NHWC or NC4HW4, received '" + name + "'");
}

} // namespace

void TensorWrap::define(Napi::Env env, Napi::FunctionReference& constructor) {
    constructor = Napi::Persistent(DefineClass(env, "Tensor",
                                               {
                                                   InstanceAccessor<&TensorWrap::name>("name"),
                                                   InstanceAccessor<&TensorWrap::shape>("shape"),
                                                   InstanceAccessor<&TensorWrap::dtype>("dtype"),
                                                   InstanceAccessor<&TensorWrap::format>("format"),
                                                   InstanceAccessor<&TensorWrap::layout>("layout"),
                                                   InstanceMethod<&TensorWrap::copyFromHost>("copyFromHost"),
                                                   InstanceMethod<&TensorWrap::copyToHost>("copyToHost"),
                                                   InstanceMethod<&TensorWrap::map>("map"),
                                               }));
}

Napi::Object TensorWrap::wrap(Napi::Env env, std::shared_ptr<mnn::TensorHandle> handle) {
    Napi::Object object = Addon::of(env).mnnTensor.New({});
    object.TypeTag(&kTag);
    TensorWrap& self = *Unwrap(object);
    self.session_ = handle->session();
    self.handle_ = std::move(handle);
    return object;
}

mnn::TensorHandle& TensorWrap::of(Napi::Value value, const char* name) {
    if (!value.IsObject() || !value.As<Napi::Object>().CheckTypeTag(&kTag)) {
        throw Error("TWINFER_INVALID_ARGUMENT",
                    std::string("expected a Tensor for ") + name + ", received " + describe(value));
    }
    return Unwrap(value.As<Napi::Object>())->handle();
}

mnn::TensorHandle& TensorWrap::handle() const {
    if (!handle_) throw Error("TWINFER_INVALID_STATE", "expected a tensor of a session");
    return *handle_;
}

Napi::Value TensorWrap::name(const Napi::CallbackInfo& info) {
    return guard(info.Env(), [&]() -> Napi::Value { return Napi::String::New(info.Env(), handle().name()); });
}

Napi::Value TensorWrap::shape(const Napi::CallbackInfo& info) {
    return guard(info.Env(), [&]() -> Napi::Value { return toArray(info.Env(), handle().shape()); });
}

Napi::Value TensorWrap::dtype(const Napi::CallbackInfo& info) {
    return guard(info.Env(),
                 [&]() -> Napi::Value { return Napi::String::New(info.Env(), nameOf(handle().dtype())); });
}

Napi::Value TensorWrap::format(const Napi::CallbackInfo& info) {
    return guard(info.Env(),
                 [&]() -> Napi::Value { return Napi::String::New(info.Env(), nameOf(handle().format())); });
}

Napi::Value TensorWrap::layout(const Napi::CallbackInfo& info) {
    return guard(info.Env(),
                 [&]() -> Napi::Value { return Napi::String::New(info.Env(), nameOf(handle().layout())); });
}

Napi::Value TensorWrap::copyFromHost(const Napi::CallbackInfo& info) {
    return guard(info.Env(), [&]() -> Napi::Value {
        const Arguments arguments(info, "Tensor.copyFromHost");
        const TypedArrayView view = arguments.typedArray(0, "data");
        const Shape shape = arguments.given(1) ? arguments.shape(1, "shape") : handle().shape();
        handle().copyFromHost({view.data, view.bytes, view.dtype, shape});
        return info.Env().Undefined();
    });
}

Napi::Value TensorWrap::copyToHost(const Napi::CallbackInfo& info) {
    return guard(info.Env(), [&]() -> Napi::Value {
        const Arguments arguments(info, "Tensor.copyToHost");
        if (!arguments.given(0)) return toObject(info.Env(), handle().copyToHost({}));
        const TypedArrayView into = arguments.typedArray(0, "into");
        if (into.data == nullptr) {
            throw Error("TWINFER_BUFFER_DETACHED",
                        "expected an array with memory, received a detached or empty one");
        }
        handle().copyToHost({into.data, into.bytes, into.dtype});
        return info[0];
    });
}

Napi::Value TensorWrap::map(const Napi::CallbackInfo& info) {
    return guard(info.Env(), [&]() -> Napi::Value {
        const Arguments arguments(info, "Tensor.map");
        const std::string type = arguments.string(0, "type");
        if (type != "read" && type != "write") {
            throw Error("TWINFER_INVALID_ARGUMENT", "expected 'read' or 'write', received '" + type + "'");
        }
        handle();
        return toObject(info.Env(), mnn::TensorMap::create(handle_, type == "write",
                                                           layoutNamed(arguments.string(1, "layout"))));
    });
}

} // namespace twinfer
