# What both engines are built with for `npm run build:sanitize -- --engines`, before their own options (the first to set a
# cache entry wins).
#
# Left out of UndefinedBehaviorSanitizer: what kernels do on purpose and no processor here minds (unaligned loads through
# intrinsics), and checks that make their files take an hour to compile. vptr and enum as in compile-options.cmake.
set(twinfer_sanitize
  "-fsanitize=address,undefined -fno-sanitize=vptr,enum,alignment,null,object-size,pointer-overflow,nonnull-attribute -fno-omit-frame-pointer -g1 -O1 -DNDEBUG")
set(CMAKE_CXX_FLAGS_RELEASE "${twinfer_sanitize}" CACHE STRING "")
set(CMAKE_C_FLAGS_RELEASE "${twinfer_sanitize}" CACHE STRING "")
# The kernels that only some machines would run, at a third of the time of the build.
set(NCNN_AVX512 OFF CACHE BOOL "")
set(MNN_AVX512 OFF CACHE BOOL "")
