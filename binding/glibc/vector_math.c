// The vector functions that libmvec has since glibc 2.35 and that GCC vectorises ncnn's rarer unary layers
// and loop tails into. A lane at a time here: what is hot in ncnn has kernels of its own. Names as in the
// x86-64 vector function ABI: b, c, d, e are SSE, AVX, AVX2, AVX-512; N4 is four lanes without a mask.
#if defined(__x86_64__)
#include <math.h>

typedef float Floats4 __attribute__((vector_size(16)));
typedef float Floats8 __attribute__((vector_size(32)));
typedef float Floats16 __attribute__((vector_size(64)));

#define ONE_BY_ONE(isa, set, lanes, name)                                                                    \
    __attribute__((target(isa))) Floats##lanes _ZGV##set##N##lanes##v_##name(Floats##lanes x) {              \
        for (int i = 0; i < lanes; i++) x[i] = name(x[i]);                                                   \
        return x;                                                                                            \
    }

ONE_BY_ONE("sse2", b, 4, acosf)
ONE_BY_ONE("sse2", b, 4, acoshf)
ONE_BY_ONE("sse2", b, 4, asinf)
ONE_BY_ONE("sse2", b, 4, asinhf)
ONE_BY_ONE("sse2", b, 4, atanf)
ONE_BY_ONE("sse2", b, 4, atanhf)
ONE_BY_ONE("sse2", b, 4, coshf)
ONE_BY_ONE("sse2", b, 4, erfcf)
ONE_BY_ONE("sse2", b, 4, erff)
ONE_BY_ONE("sse2", b, 4, expm1f)
ONE_BY_ONE("sse2", b, 4, log10f)
ONE_BY_ONE("sse2", b, 4, log1pf)
ONE_BY_ONE("sse2", b, 4, sinhf)
ONE_BY_ONE("sse2", b, 4, tanf)
ONE_BY_ONE("sse2", b, 4, tanhf)
ONE_BY_ONE("avx", c, 8, erff)
ONE_BY_ONE("avx", c, 8, tanhf)
ONE_BY_ONE("avx2", d, 8, erff)
ONE_BY_ONE("avx2", d, 8, tanhf)
ONE_BY_ONE("avx512f", e, 16, erff)
ONE_BY_ONE("avx512f", e, 16, tanhf)

Floats4 _ZGVbN4vv_atan2f(Floats4 y, Floats4 x) {
    for (int i = 0; i < 4; i++) y[i] = atan2f(y[i], x[i]);
    return y;
}
#endif
