# The comparison's loops, once for each instruction set; metrics/kernels.cpp chooses at run time. They are
# compiled with -O3 in a sanitized build too, and the shared precompiled header is of another instruction set.
set(kernel_sources metrics/kernels_baseline.cpp metrics/kernels_avx2.cpp metrics/kernels_avx512.cpp)
set_property(SOURCE ${kernel_sources} PROPERTY SKIP_PRECOMPILE_HEADERS ON)
set_property(SOURCE ${kernel_sources} PROPERTY COMPILE_OPTIONS
  -O3 -fopenmp-simd -fno-math-errno -fno-trapping-math)
if(CMAKE_SYSTEM_PROCESSOR MATCHES "^(x86_64|AMD64)$")
  set_property(SOURCE metrics/kernels_avx2.cpp APPEND PROPERTY COMPILE_OPTIONS -mavx2 -mfma)
  set_property(SOURCE metrics/kernels_avx512.cpp APPEND PROPERTY COMPILE_OPTIONS
    -mavx512f -mavx512bw -mavx512dq -mavx512vl -mfma)
endif()
