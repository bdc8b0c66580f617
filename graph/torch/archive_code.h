#pragma once

#include <string>
#include <string_view>

namespace zsq::torchscript {

/// Throws Error (Fault::unsupported), beginning with `who`, where loading a TorchScript archive would run
/// code of it: a __setstate__ method, or a default value or class constant that is computed. Fault::model
/// where the code is not what LibTorch writes. Nothing is run by this.
void check_loads_quietly(std::string_view archive, const std::string& who);

}  // namespace zsq::torchscript
