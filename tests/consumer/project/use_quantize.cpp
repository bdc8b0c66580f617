// No header of LibTorch: what is tested is that its libraries are found, not 7 s of its templates.
#include "quantize/scheme.h"

int main() { return zsq::quantize::name(zsq::quantize::Rounding::nearest) == "nearest" ? 0 : 1; }
