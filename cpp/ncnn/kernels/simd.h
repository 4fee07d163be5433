#pragma once

// Vectors of W floats as GCC has them for every instruction set: one too wide for the processor becomes
// several. Everything is local to the file that includes it, which is compiled for one instruction set.

#include <cstddef>

#include "kernel_set.h"

#if defined(__aarch64__)
#include <arm_neon.h>
#elif defined(__AVX__)
#include <immintrin.h>
#endif

// Completely, and before the compiler decides which arrays can be registers.
#define TWINFER_UNROLL _Pragma("GCC unroll 16")
#define TWINFER_INLINE inline __attribute__((always_inline))
#define TWINFER_INLINE_LAMBDA __attribute__((always_inline))

namespace twinfer::kernels {
namespace {

template <int W> struct Simd {
    typedef float Vec __attribute__((vector_size(W * sizeof(float))));
    typedef int Ints __attribute__((vector_size(W * sizeof(int))));
    typedef float Loose __attribute__((vector_size(W * sizeof(float)), aligned(4), may_alias));
};
template <int W> using Vec = typename Simd<W>::Vec;

template <int W> TWINFER_INLINE Vec<W> load(const float* from) {
    return *reinterpret_cast<const typename Simd<W>::Loose*>(from);
}
template <int W> TWINFER_INLINE void store(float* to, Vec<W> value) {
    *reinterpret_cast<typename Simd<W>::Loose*>(to) = value;
}
// x - 0 is x, also where x + 0 is not.
template <int W> TWINFER_INLINE Vec<W> splat(float value) {
    return value - Vec<W>{};
}
// `b` where one of both is NaN: limits come first, so that NaN stays to be found.
template <int W> TWINFER_INLINE Vec<W> larger(Vec<W> a, Vec<W> b) {
    return a > b ? a : b;
}
template <int W> TWINFER_INLINE Vec<W> smaller(Vec<W> a, Vec<W> b) {
    return a < b ? a : b;
}

#ifdef __aarch64__
// One instruction each, which answers NaN where one of both is.
template <> TWINFER_INLINE Vec<4> larger<4>(Vec<4> a, Vec<4> b) {
    return vmaxq_f32(a, b);
}
template <> TWINFER_INLINE Vec<4> smaller<4>(Vec<4> a, Vec<4> b) {
    return vminq_f32(a, b);
}
#endif

// Whether a multiplication can have one element of a vector for all of its elements, so that nothing has to
// be spread before. A test asks for it where AddressSanitizer runs.
#if defined(__aarch64__) || defined(TWINFER_HAS_ELEMENTS)
constexpr bool kHasElements = true;
#else
constexpr bool kHasElements = false;
#endif

// Lane at[i] of `value` in lane i. No lane of 8 comes from the other four.
template <int V> TWINFER_INLINE Vec<V> permute(Vec<V> value, typename Simd<V>::Ints at) {
    Vec<V> result;
    for (int i = 0; i < V; i++) result[i] = value[at[i]];
    return result;
}

#ifdef __AVX__
template <> TWINFER_INLINE Vec<4> permute<4>(Vec<4> value, Simd<4>::Ints at) {
    return _mm_permutevar_ps(value, reinterpret_cast<__m128i>(at));
}
template <> TWINFER_INLINE Vec<8> permute<8>(Vec<8> value, Simd<8>::Ints at) {
    return _mm256_permutevar_ps(value, reinterpret_cast<__m256i>(at));
}
#endif
#ifdef __AVX512F__
template <> TWINFER_INLINE Vec<16> permute<16>(Vec<16> value, Simd<16>::Ints at) {
    return _mm512_maskz_permutexvar_ps(0xffff, reinterpret_cast<__m512i>(at), value);
}
#endif

// Count vectors that lie one after the other.
template <int W, int Count> TWINFER_INLINE void loadAll(Vec<W>* to, const float* from) {
    TWINFER_UNROLL for (int i = 0; i < Count; i++) to[i] = load<W>(from + i * W);
}

// e^x to 2 ULP over the range of normal numbers, and their ends beyond it: Cephes' polynomial.
template <int W> TWINFER_INLINE Vec<W> exponential(Vec<W> x) {
    x = smaller<W>(splat<W>(88.3f), larger<W>(splat<W>(-87.33f), x));
    constexpr float kRound = 12582912.f; // 1.5 × 2^23: adding it leaves no room for a fraction
    const Vec<W> n = (x * 1.44269504088896341f + kRound) - kRound;
    const Vec<W> r = (x - n * 0.693359375f) - n * -2.12194440e-4f;
    Vec<W> p = r * 1.9875691500e-4f + 1.3981999507e-3f;
    p = p * r + 8.3334519073e-3f;
    p = p * r + 4.1665795894e-2f;
    p = p * r + 1.6666665459e-1f;
    p = p * r + 5.0000001201e-1f;
    p = p * (r * r) + r + 1.f;
    const typename Simd<W>::Ints power = (__builtin_convertvector(n, typename Simd<W>::Ints) + 127) << 23;
    return p * reinterpret_cast<Vec<W>>(power);
}

template <int W> TWINFER_INLINE Vec<W> sigmoid(Vec<W> x) {
    return 1.f / (1.f + exponential<W>(-x));
}

// Near 0 the difference below would have no digits left: Cephes' polynomial there.
template <int W> TWINFER_INLINE Vec<W> tangent(Vec<W> x) {
    const Vec<W> square = x * x;
    Vec<W> p = square * -5.70498872745e-3f + 2.06390887954e-2f;
    p = p * square + -5.37397155531e-2f;
    p = p * square + 1.33314422036e-1f;
    p = p * square + -3.33332819422e-1f;
    const Vec<W> small = p * square * x + x;
    const Vec<W> large = 1.f - 2.f / (exponential<W>(x + x) + 1.f);
    return square < splat<W>(0.390625f) ? small : large;
}

template <int W> TWINFER_INLINE Vec<W> clamp(Vec<W> value, float from, float to) {
    return smaller<W>(splat<W>(to), larger<W>(splat<W>(from), value));
}

// The ends of ReLU and clip, which kernels apply to what they hold in registers.
TWINFER_INLINE bool isClamp(const Activation& activation, float& from, float& to) {
    from = activation.type == 1 ? 0.f : activation.a;
    to = activation.type == 1 ? __builtin_inff() : activation.b;
    return activation.type == 1 || activation.type == 3;
}

// The others, in place: once for all kernels, they would be most of their code.
template <int W>
__attribute__((noinline)) void activate(float* values, int vectors, const Activation& activation) {
    const float a = activation.a, b = activation.b;
    for (float* const end = values + ptrdiff_t(vectors) * W; values != end; values += W) {
        const Vec<W> value = load<W>(values);
        switch (activation.type) {
        case 2: store<W>(values, value > Vec<W>{} ? value : value * a); break;
        case 4: store<W>(values, sigmoid<W>(value)); break;
        case 6: store<W>(values, value * clamp<W>(value * a + b, 0.f, 1.f)); break;
        default: return;
        }
    }
}

} // namespace
} // namespace twinfer::kernels
