// cuda_mutate [every] [kernel...]: deletes each statement of the kernels that convolve, or every n-th, runs a
// few small plans without it, and counts what nobody notices: the answers and the interpreter's checks are
// what can. It ends with 1 where less than 95 % were found.
#include <algorithm>
#include <cstdio>
#include <exception>
#include <set>

#include "graph/check.h"
#include "runtime/cuda/session.h"
#include "tests/ptx/interpreted_gpu.h"
#include "tests/runtime/outputs.h"
#include "tests/runtime/random_plan.h"

namespace zsq::runtime {
namespace {

using ptx::InterpretedGpu;

/// A plan with its answer, and a session for it.
struct Trial {
  Plan plan;
  std::vector<std::uint8_t> pixels;
  Outputs wanted;
  std::unique_ptr<cuda::ResidentSession> session;
  std::set<std::string> kernels;
};

Window square(int kernel, int stride, int before, int after) {
  return {{kernel, kernel}, {stride, stride}, {}, {before, before, after, after}};
}

Manner manner_of(std::uint64_t seed) { return seed % 2 == 0 ? Manner::hurting : Manner::common; }

/// Convolutions whose places, outputs and k tiles fill no tile, by each end that they have.
Plan products(std::uint64_t seed, std::int64_t channels, std::int64_t outputs, const Window& window) {
  PlanBuilder b(seed, {1, channels, 10, 13}, manner_of(seed));  // more places than a block has
  const SlotId first = b.conv(b.image(), {.outputs = outputs, .window = window});
  const SlotId again = b.conv(first, {.outputs = outputs});
  const SlotId second = b.conv(first, {.outputs = outputs, .residual = again});
  const SlotId third = b.conv(second, {.outputs = outputs, .window = square(3, 1, 1, 1), .residual = first});
  const SlotId plain = b.wide_conv(third, {.outputs = outputs / 2 + 1});
  return b.finish({third, plain, b.wide_conv(third, {.outputs = 9, .window = square(2, 1, 1, 0)})});
}

/// The same whose places are some of the input's: by steps, with more of them than a block has.
Plan strided(std::uint64_t seed, std::int64_t channels, std::int64_t outputs, const Window& window) {
  PlanBuilder b(seed, {1, channels, 23, 29}, manner_of(seed));
  const SlotId first = b.conv(b.image(), {.outputs = outputs, .window = window});
  const SlotId second = b.conv(b.image(), {.outputs = outputs, .window = window, .residual = first});
  return b.finish({second, b.wide_conv(b.image(), {.outputs = outputs / 2 + 1, .window = window})});
}

Plan depthwise(std::uint64_t seed, int kernel, int stride) {
  PlanBuilder b(seed, {1, 18, 9, static_cast<std::int64_t>(25 + seed * 5 % 16)}, manner_of(seed));
  return b.finish(
      {b.conv(b.image(), {.outputs = 18,
                          .groups = 18,
                          .window = square(kernel, stride, static_cast<int>(seed % 4), kernel / 2)})});
}

/// The next seed that makes an image of 8 bits, or of fewer.
std::uint64_t image_seed(std::uint64_t seed, bool is_narrow) {
  do ++seed;
  while ((PlanBuilder(seed, {1, 1, 1, 1}, manner_of(seed)).plan().slots.front().bits < 8) != is_narrow);
  return seed;
}

Plan stem(std::uint64_t seed, std::int64_t channels, const Window& window, std::int64_t outputs,
          bool is_fused) {
  PlanBuilder b(seed, {1, channels, 21, 37}, manner_of(seed));
  const SlotId out = b.conv(b.image(), {.outputs = outputs, .window = window});
  return is_fused ? b.finish({out}) : b.finish({out, b.table(b.image())});
}

Plan stem_pool(std::uint64_t seed, std::int64_t channels, const Window& window, std::int64_t outputs) {
  PlanBuilder b(seed, {1, channels, 120, 33}, manner_of(seed));
  const int before = static_cast<int>(seed / 2 % 2);
  const Window pool{{3, 3}, {2, 2}, {}, {before, before, 1, 1}};
  return b.finish({b.max_pool(b.conv(b.image(), {.outputs = outputs, .window = window}), pool)});
}

Plan grouped(std::uint64_t seed) {
  PlanBuilder b(seed, {1, 6, 5, 7});
  const ConvSpec spec{.outputs = 9, .groups = 3, .window = {{2, 3}, {1, 2}, {2, 1}, {1, 0, 2, 1}}};
  ConvSpec with = spec;
  with.residual = b.conv(b.image(), spec);
  const SlotId out = b.conv(b.image(), with);
  return b.finish({out, b.wide_conv(out, {.outputs = 6, .groups = 3, .window = square(2, 1, 1, 1)})});
}

/// Groups that are products by themselves.
Plan groups_apart(std::uint64_t seed, const Window& window) {
  PlanBuilder b(seed, {1, 48, 9, 11}, manner_of(seed));
  const ConvSpec spec{.outputs = 120, .groups = 3, .window = window};
  ConvSpec with = spec;
  with.residual = b.conv(b.image(), spec);
  return b.finish({b.conv(b.image(), with), b.wide_conv(b.image(), spec)});
}

class Trials {
 public:
  Trials() {
    for (const std::string& way : cuda::convolution_ways()) {
      std::uint64_t seed = 0;
      for (const auto& [channels, outputs] : {std::pair{33, 40}, {130, 70}, {257, 130}}) {
        if (way == "direct" && channels > 33) continue;  // it is slow, and has no tiles to fill
        for (const Window& window :
             {Window{}, square(3, 2, 0, 1), Window{{3, 3}, {1, 1}, {2, 1}, {2, 1, 3, 0}}})
          for (int both = 0; both < 2; ++both) add(products(++seed, channels, outputs, window), way);
      }
      for (const Window& window : {Window{{1, 1}, {2, 2}, {}, {}}, Window{{2, 1}, {1, 3}, {3, 1}, {}},
                                   square(3, 2, 1, 1), Window{{3, 2}, {2, 1}, {2, 3}, {3, 1, 2, 4}}})
        for (int both = 0; both < 2 && way != "direct"; ++both) add(strided(++seed, 20, 140, window), way);
      for (const Window& window : {Window{}, square(3, 1, 1, 1)})
        for (int both = 0; both < 2; ++both) add(groups_apart(++seed, window), way);
      for (std::uint64_t more = 1; more < 4; ++more) add(grouped(more), way);
    }
    std::uint64_t seed = 0;
    for (const int kernel : {3, 5, 7})
      for (const int stride : {1, 2})
        for (int more = 0; more < 10; ++more) add(depthwise(++seed, kernel, stride), "");
    for (const std::int64_t channels : {3, 4, 1})
      for (const bool is_narrow : {false, true})
        for (int more = 0; more < 4; ++more) {
          seed = image_seed(seed, is_narrow);
          const Window window = more < 2 ? square(7, 2, 3, 3) : square(3, 1, 1, 1);
          const std::int64_t outputs = more % 2 == 0 ? 100 : 33;
          add(stem(seed, channels, window, outputs, true), "");
          add(stem(seed, channels, window, outputs, false), "");
          add(stem_pool(seed, channels, window, outputs), "");
        }
  }

  /// Whether a run without that statement is noticed.
  bool finds(const std::string& kernel, std::size_t statement) {
    const ptx::Body whole = gpu_->body_of(kernel);
    ptx::Body body = whole;
    body.statements.erase(body.statements.begin() + static_cast<std::ptrdiff_t>(statement));
    for (auto& [name, at] : body.labels)
      if (at > statement) --at;
    bool found = false;
    try {
      gpu_->replace(kernel, std::move(body));
      found =
          std::ranges::any_of(trials_, [&](Trial& t) { return t.kernels.contains(kernel) && is_wrong(t); });
    } catch (const std::exception&) {
      found = true;
    }
    gpu_->replace(kernel, whole);
    return found;
  }

  const ptx::Body& body_of(const std::string& kernel) const { return gpu_->body_of(kernel); }

  /// Those that convolve.
  std::set<std::string> kernels() const {
    std::set<std::string> all;
    for (const Trial& t : trials_)
      for (const std::string& kernel : t.kernels)
        for (const char* part : {"gemm", "stem", "depthwise", "convolution"})
          if (kernel.find(part) != std::string::npos) all.insert(kernel);
    return all;
  }

 private:
  bool is_wrong(Trial& t) {
    gpu_->spoil();
    Outputs got(t.plan, 3);
    t.session->run(t.pixels, got.spans());
    return !(got == t.wanted);
  }

  void add(Plan plan, const std::string& way) {
    constexpr std::int64_t kImages = 3;
    Trial t{
        .plan = std::move(plan), .pixels = {}, .wanted = Outputs({}, 0), .session = nullptr, .kernels = {}};
    t.pixels = random_pixels(t.plan, kImages, trials_.size());
    t.wanted = Outputs(t.plan, kImages);
    make_session(t.plan, Device::reference)->run(t.pixels, t.wanted.spans());
    t.session = cuda::make_session_on(gpu_, t.plan, {.convolution = way});
    for (const cuda::Launch& launch : t.session->launches(kImages)) t.kernels.insert(launch.kernel);
    check(!is_wrong(t), Fault::verification, "a plan is wrong before anything is deleted");
    trials_.push_back(std::move(t));
  }

  std::shared_ptr<InterpretedGpu> gpu_ = std::make_shared<InterpretedGpu>(
      ptx::modules_for(ptx::Target::sm_80), InterpretedGpu::Options{.most_instructions = 20'000'000});
  std::vector<Trial> trials_;
};

int run(std::size_t every, std::set<std::string> kernels) {
  Trials trials;
  if (kernels.empty()) kernels = trials.kernels();
  std::size_t mutants = 0, found = 0;
  for (const std::string& kernel : kernels) {
    const auto statements = trials.body_of(kernel).statements;
    std::size_t here = 0, found_here = 0;
    for (std::size_t i = 0; i < statements.size(); i += every) {
      if (statements[i].opcode == "ret") continue;
      ++here;
      if (trials.finds(kernel, i))
        ++found_here;
      else
        std::printf("  not noticed: %s, line %d: %s\n", kernel.c_str(), statements[i].line,
                    statements[i].text.c_str());
    }
    std::printf("%s: %zu of %zu\n", kernel.c_str(), found_here, here);
    mutants += here;
    found += found_here;
  }
  const double share = 100.0 * static_cast<double>(found) / static_cast<double>(mutants);
  std::printf("%zu of %zu deleted statements were noticed, %.1f %%\n", found, mutants, share);
  return share < 95 ? 1 : 0;
}

}  // namespace
}  // namespace zsq::runtime

int main(int argc, char** argv) {
  try {
    return zsq::runtime::run(argc > 1 ? std::stoul(argv[1]) : 1,
                             std::set<std::string>(argv + std::min(argc, 2), argv + argc));
  } catch (const std::exception& error) {
    std::fprintf(stderr, "cuda_mutate: %s\n", error.what());
    return 2;
  }
}
