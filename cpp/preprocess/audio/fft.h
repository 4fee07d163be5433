#pragma once

#include <cstddef>
#include <vector>

namespace twinfer::audio {

// The discrete Fourier transform of one length, in double precision: by halves where the length is a power of
// two, else as a convolution of such a length (Bluestein 1970).
class Fft {
  public:
    explicit Fft(size_t length);

    // In place; both are as long as the transform.
    void transform(double* real, double* imaginary);

  private:
    void byHalves(double* real, double* imaginary) const;

    size_t length_;
    size_t inner_;                      // the power of two that is computed
    std::vector<double> cosine_, sine_; // of 2 pi k / inner_
    // Of Bluestein only: exp(-i pi k^2 / length), the transform of its conjugate, and room to work in.
    std::vector<double> chirpReal_, chirpImaginary_, filterReal_, filterImaginary_, real_, imaginary_;
};

} // namespace twinfer::audio
