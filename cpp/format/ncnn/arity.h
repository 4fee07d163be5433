#pragma once

#include "param_file.h"

namespace twinfer {

// How many bottoms a layer reads and how many tops it fills, with these parameters. ncnn checks this
// for layers of one bottom and one top only, and refuses those with more; the others index what is not there.
struct Arity {
    int leastBottoms = 1;
    int leastTops = 1;
    int mostTops = 1;         // a top that the layer leaves empty crashes whoever reads it
    bool topsInPlace = false; // tops are taken from the bottoms, so there cannot be more of them
    int mostBottoms = 1;      // what else would be given is ignored, or refused
};

Arity arityOf(const ParamLayer& layer);

} // namespace twinfer
