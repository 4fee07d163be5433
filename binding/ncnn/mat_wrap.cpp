#include "mat_wrap.h"

#include <cstring>

#include "../addon.h"
#include "../arguments.h"
#include "../guard.h"
#include "ncnn/borrowed_mat.h"
#include "ncnn/mat_output.h"

namespace twinfer {

namespace {
constexpr napi_type_tag kTag = {0x7477696e66657201, 0x6e636e6e4d617401};
}

Napi::Function MatWrap::define(Napi::Env env, Napi::FunctionReference& constructor) {
    const Napi::Function defined =
        DefineClass(env, "Mat",
                    {
                        StaticMethod<&MatWrap::from>("from"),
                        InstanceAccessor<&MatWrap::number<&ncnn::Mat::dims>>("dims"),
                        InstanceAccessor<&MatWrap::number<&ncnn::Mat::w>>("w"),
                        InstanceAccessor<&MatWrap::number<&ncnn::Mat::h>>("h"),
                        InstanceAccessor<&MatWrap::number<&ncnn::Mat::d>>("d"),
                        InstanceAccessor<&MatWrap::number<&ncnn::Mat::c>>("c"),
                        InstanceAccessor<&MatWrap::number<&ncnn::Mat::elempack>>("elempack"),
                        InstanceAccessor<&MatWrap::elemsize>("elemsize"),
                        InstanceAccessor<&MatWrap::cstep>("cstep"),
                        InstanceAccessor<&MatWrap::shape>("shape"),
                        InstanceAccessor<&MatWrap::buffer>("buffer"),
                        InstanceMethod<&MatWrap::toFloat32Array>("toFloat32Array"),
                        InstanceMethod<&MatWrap::clone>("clone"),
                    });
    constructor = Napi::Persistent(defined);
    return defined;
}

Napi::Object MatWrap::wrap(Napi::Env env, const ncnn::Mat& mat) {
    Napi::Object object = Addon::of(env).ncnnMat.New({});
    object.TypeTag(&kTag);
    Unwrap(object)->mat_ = mat;
    return object;
}

const ncnn::Mat& MatWrap::of(Napi::Env, Napi::Value value, const char* name) {
    if (!value.IsObject() || !value.As<Napi::Object>().CheckTypeTag(&kTag)) {
        throw Error("TWINFER_INVALID_ARGUMENT",
                    std::string("expected a Mat for ") + name + ", received " + describe(value));
    }
    return Unwrap(value.As<Napi::Object>())->mat_;
}

Napi::Value MatWrap::from(const Napi::CallbackInfo& info) {
    return guard(info.Env(), [&]() -> Napi::Value {
        const Arguments arguments(info, "Mat.from");
        const TypedArrayView view = arguments.typedArray(0, "data");
        const Shape shape = arguments.shape(1, "shape");
        if (view.dtype != DType::float32 && view.dtype != DType::int32) {
            throw Error("TWINFER_DTYPE_MISMATCH",
                        std::string("Mat.from: expected float32 or int32, received ") + nameOf(view.dtype));
        }
        if (shape.empty() || shape.size() > 4 || elementsOf(shape) == 0) {
            throw Error("TWINFER_SHAPE_MISMATCH",
                        "Mat.from: expected 1 to 4 dimensions of at least 1, received " + toString(shape));
        }
        if (size_t(elementsOf(shape)) != view.length) {
            throw Error("TWINFER_LENGTH_MISMATCH", "Mat.from: expected " + std::to_string(elementsOf(shape)) +
                                                       " elements for shape " + toString(shape) +
                                                       ", received " + std::to_string(view.length));
        }
        return wrap(info.Env(), copyMat({view.data, view.bytes, view.dtype, shape}, shape, nullptr));
    });
}

Napi::Value MatWrap::elemsize(const Napi::CallbackInfo& info) {
    return Napi::Number::New(info.Env(), double(mat_.elemsize));
}

Napi::Value MatWrap::cstep(const Napi::CallbackInfo& info) {
    return Napi::Number::New(info.Env(), double(mat_.cstep));
}

Napi::Value MatWrap::shape(const Napi::CallbackInfo& info) {
    return toArray(info.Env(), shapeOf(mat_));
}

Napi::Value MatWrap::buffer(const Napi::CallbackInfo& info) {
    const Napi::Env env = info.Env();
    return guard(env, [&]() -> Napi::Value {
        if (!buffer_.IsEmpty()) return buffer_.Value();
        const size_t bytes = mat_.total() * mat_.elemsize;
        auto kept = std::make_unique<ncnn::Mat>(mat_);
        const auto release = [](napi_env, void*, void* hint) {
            std::unique_ptr<ncnn::Mat>(static_cast<ncnn::Mat*>(hint));
        };
        napi_value value;
        if (napi_create_external_arraybuffer(env, mat_.data, bytes, release, kept.get(), &value) == napi_ok) {
            kept.release();
        } else { // Electron: no memory from outside
            void* data;
            if (napi_create_arraybuffer(env, bytes, &data, &value) != napi_ok) throw std::bad_alloc();
            std::memcpy(data, mat_.data, bytes);
        }
        buffer_ = Napi::Reference<Napi::Value>::New(Napi::Value(env, value), 1);
        return buffer_.Value();
    });
}

Napi::Value MatWrap::toFloat32Array(const Napi::CallbackInfo& info) {
    return guard(info.Env(), [&]() -> Napi::Value {
        if (!mat_.empty() && (mat_.elempack != 1 || mat_.elemsize != 4)) {
            throw Error("TWINFER_DTYPE_MISMATCH",
                        "expected unpacked 32-bit elements, received elemsize " +
                            std::to_string(mat_.elemsize) + " with elempack " + std::to_string(mat_.elempack),
                        "Extract without raw: ncnn then unpacks and converts to fp32.");
        }
        const size_t elements = mat_.empty() ? 0 : size_t(mat_.w) * mat_.h * mat_.d * mat_.c * mat_.n;
        Napi::Float32Array array = Napi::Float32Array::New(info.Env(), elements);
        if (elements > 0) compact(mat_, array.Data());
        return array;
    });
}

Napi::Value MatWrap::clone(const Napi::CallbackInfo& info) {
    return guard(info.Env(), [&]() -> Napi::Value { return wrap(info.Env(), mat_.clone()); });
}

} // namespace twinfer
