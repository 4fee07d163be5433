# The kernels, once for each instruction set; ncnn/kernels/plan.cpp chooses at run time. They are compiled with -O3
# in a sanitized build too, and the shared precompiled header is of another instruction set. Vectors are handed from
# one inline function to another only, so how a call passes them (-Wpsabi) does not matter.
file(GLOB layer_sources CONFIGURE_DEPENDS "ncnn/kernels/*.cpp")
set(set_sources ncnn/kernels/set_avx2.cpp ncnn/kernels/set_avx512.cpp ncnn/kernels/set_neon.cpp)
set_property(SOURCE ${layer_sources} PROPERTY COMPILE_OPTIONS -fopenmp $<$<CONFIG:Release>:-O3>)
set_property(SOURCE ${layer_sources} PROPERTY SKIP_PRECOMPILE_HEADERS ON)
set(TWINFER_KERNEL_OPTIONS -O3 -Wno-psabi -fno-math-errno -fno-trapping-math)
set_property(SOURCE ${set_sources} PROPERTY COMPILE_OPTIONS ${TWINFER_KERNEL_OPTIONS})
if(CMAKE_SYSTEM_PROCESSOR MATCHES "^(x86_64|AMD64)$")
  set_property(SOURCE ncnn/kernels/set_avx2.cpp APPEND PROPERTY COMPILE_OPTIONS -mavx2 -mfma)
  set_property(SOURCE ncnn/kernels/set_avx512.cpp APPEND PROPERTY COMPILE_OPTIONS
    -march=x86-64-v4 -mtune=generic -mprefer-vector-width=512)
endif()
