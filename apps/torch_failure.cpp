#include "apps/torch_failure.h"

#include <new>

#include <c10/util/Exception.h>
#include <opencv2/core.hpp>

#include "graph/check.h"
#include "graph/torch/interpreter.h"

namespace zsq::apps {

Failure failure_with_torch(const std::exception_ptr& error) {
  try {
    std::rethrow_exception(error);
  } catch (const c10::Error& e) {
    if (torchscript::is_out_of_memory(e)) return failure_of(std::make_exception_ptr(std::bad_alloc()));
    return {static_cast<int>(Fault::device),
            "LibTorch could not finish: " + first_line(e.what_without_backtrace())};
  } catch (const cv::Exception& e) {
    return {static_cast<int>(Fault::data), "an image cannot be handled: " + first_line(e.err)};
  } catch (...) {
    return failure_of(error);
  }
}

}  // namespace zsq::apps
