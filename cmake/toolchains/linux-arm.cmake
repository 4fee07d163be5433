# 32-bit ARM Linux (glibc, ARMv7-A, hard float) with Debian's cross compiler. NEON is part of the compiler command
# because its default lacks it and CMAKE_CXX_FLAGS belongs to the engines' scripts and to cmake-js. ncnn chooses VFPv4
# at run time; MNN's CMake project asks for it, so Cortex-A7 (Raspberry Pi 2) is the oldest core.
set(CMAKE_SYSTEM_NAME Linux)
set(CMAKE_SYSTEM_PROCESSOR armv7-a)
set(CMAKE_C_COMPILER arm-linux-gnueabihf-gcc -mfpu=neon)
set(CMAKE_CXX_COMPILER arm-linux-gnueabihf-g++ -mfpu=neon)
set(CMAKE_FIND_ROOT_PATH /usr/arm-linux-gnueabihf)
set(CMAKE_FIND_ROOT_PATH_MODE_PROGRAM NEVER)
set(CMAKE_FIND_ROOT_PATH_MODE_LIBRARY ONLY)
set(CMAKE_FIND_ROOT_PATH_MODE_INCLUDE ONLY)
set(CMAKE_FIND_ROOT_PATH_MODE_PACKAGE ONLY)
