#include "synth/checkpoints.h"

#include <cstring>

#include <torch/types.h>

#include "graph/file.h"
#include "graph/safetensors.h"

namespace zsq::synth {
namespace {

namespace fs = std::filesystem;
using torch::Tensor;

constexpr auto kAdvice = "; remove the folder to begin again";

/// The tensors of a state by the names they have in a file, in one order.
template <class State, class F>
void each_list(State& state, const F& f) {
  f("parameter", state.parameters);
  f("moment", state.moments);
  f("power", state.powers);
}

SafeTensor held(const Tensor& t, DType dtype) {
  return {.dtype = dtype,
          .dims = t.sizes().vec(),
          .bytes = {static_cast<const char*>(t.const_data_ptr()), t.nbytes()}};
}

/// A copy of the tensor of that name, which must be of the extents and kind of `like`.
Tensor copied(const SafeTensors& content, const std::string& name, const Tensor& like, DType dtype,
              const std::string& who) {
  const auto found = content.tensors.find(name);
  check(found != content.tensors.end() && found->second.dtype == dtype &&
            found->second.dims == like.sizes().vec(),
        Fault::data, who, ": it has no '", name, "' as this run needs it", kAdvice);
  Tensor copy = torch::empty(like.sizes(), like.options().device(torch::kCPU).requires_grad(false));
  std::memcpy(copy.mutable_data_ptr(), found->second.bytes.data(), copy.nbytes());
  check(dtype != DType::f32 || copy.isfinite().all().item<bool>(), Fault::data, who, ": a value of '", name,
        "' is not a finite number", kAdvice);
  return copy;
}

}  // namespace

Checkpoints::Checkpoints(fs::path folder, std::string run, int every)
    : folder_(std::move(folder)), run_(std::move(run)), every_(every) {
  std::error_code error;
  fs::create_directories(folder_, error);
  check(fs::is_directory(folder_), Fault::data, folder_.string(), ": cannot be made a folder",
        error ? ": " + error.message() : "");
}

fs::path Checkpoints::path_of(int batch) const {
  return folder_ / ("batch-" + std::to_string(batch) + ".safetensors");
}

void Checkpoints::save(int batch, const BatchState& state) const {
  SafeTensors content;
  std::vector<Tensor> kept;  // what the bytes belong to
  each_list(state, [&](const std::string& kind, const std::vector<Tensor>& list) {
    for (std::size_t i = 0; i < list.size(); ++i) {
      kept.push_back(list[i].detach().cpu().contiguous());
      content.tensors[kind + std::to_string(i)] = held(kept.back(), DType::f32);
    }
  });
  content.tensors["random"] = held(state.random, DType::u8);
  content.tensors["loss"] = {.dtype = DType::f64,
                             .dims = {static_cast<std::int64_t>(state.loss.size())},
                             .bytes = bytes_of(state.loss)};
  content.metadata = {{"run", run_}};
  write_file_atomically(path_of(batch), encode_safetensors(content));
}

std::optional<BatchState> Checkpoints::load(int batch, const BatchState& like) const {
  const fs::path path = path_of(batch);
  if (!fs::exists(path)) return std::nullopt;
  const std::string who = path.string();
  const FileBytes file(path, Fault::data);
  const SafeTensors content = parse_safetensors(file.view(), who, Fault::data);
  const auto run = content.metadata.find("run");
  check(run != content.metadata.end() && run->second == run_, Fault::data, who,
        ": is of another synthesis: other options, another network or another zsq", kAdvice);
  BatchState state = like;
  each_list(state, [&](const std::string& kind, std::vector<Tensor>& list) {
    for (std::size_t i = 0; i < list.size(); ++i)
      list[i] = copied(content, kind + std::to_string(i), list[i], DType::f32, who);
  });
  state.random = copied(content, "random", like.random, DType::u8, who);
  const auto loss = content.tensors.find("loss");
  check(loss != content.tensors.end() && loss->second.dtype == DType::f64 && loss->second.dims.size() == 1,
        Fault::data, who, ": it has no list of losses", kAdvice);
  state.loss = values_of<double>(loss->second);
  state.step = static_cast<int>(state.loss.size());
  return state;
}

}  // namespace zsq::synth
