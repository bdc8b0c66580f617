#include "images/opencv/opencv_resize.h"

#include <new>

#include <opencv2/imgproc.hpp>

namespace zsq::images {

Pixels opencv_resized(const Pixels& picture, std::int64_t h, std::int64_t w) {
  const int type = CV_8UC(static_cast<int>(picture.c));
  const cv::Mat in(static_cast<int>(picture.h), static_cast<int>(picture.w), type,
                   const_cast<std::uint8_t*>(picture.values.data()));
  Pixels resized = pixels_of(1, h, w, picture.c);
  cv::Mat out(static_cast<int>(h), static_cast<int>(w), type, resized.values.data());
  try {
    cv::resize(in, out, out.size(), 0, 0, cv::INTER_LINEAR);
  } catch (const cv::Exception&) {  // the sizes are checked by who calls, so memory is what is missing
    throw std::bad_alloc();
  }
  return resized;
}

}  // namespace zsq::images
