#include <filesystem>
#include <set>
#include <sstream>

#include <caffe2/serialize/in_memory_adapter.h>
#include <caffe2/serialize/inline_container.h>
#include <gtest/gtest.h>
#include <torch/csrc/jit/runtime/operator.h>
#include <torch/types.h>
#include <unistd.h>

#include "graph/interrupted.h"
#include "graph/torch/allowed_operators.h"
#include "graph/torch/archive_code.h"
#include "graph/torch/budget.h"
#include "graph/torch/code_depth.h"
#include "graph/torch/memory_limit.h"
#include "scripted_module.h"

/// A TorchScript file is a program from outside: it may compute, and nothing else, and only for so long.
namespace zsq::tests {
namespace {

namespace fs = std::filesystem;

constexpr Shape kImage{1, 3, 8, 8};

void expect_refused(const Module& module, Fault fault, const std::string& part) {
  try {
    import_torchscript(module, {.input = kImage});
    ADD_FAILURE() << "was imported";
  } catch (const Error& e) {
    const std::string said = e.what();
    EXPECT_EQ(e.fault(), fault) << said;
    EXPECT_NE(said.find(part), std::string::npos) << said;
    EXPECT_EQ(said.find('\n'), std::string::npos) << said;
  }
}

void expect_refused(const std::string& body, const std::string& part) {
  expect_refused(module_of(body), Fault::unsupported, part);
}

TEST(HostileModule, WritesNoFile) {
  const fs::path target = fs::temp_directory_path() / ("zsq_hostile_" + std::to_string(::getpid()));
  expect_refused("  torch.save(x, '" + target.string() + "')\n  return torch.relu(x)\n",
                 "aten::save is not run");
  EXPECT_FALSE(fs::exists(target));
  fs::remove(target);
}

TEST(HostileModule, ReadsNoFile) {
  expect_refused("  y = torch.from_file('/etc/passwd', False, 192)\n  return x + y.view([1, 3, 8, 8])\n",
                 "aten::from_file is not run");
  // Where the input does not come into it, too.
  expect_refused(
      "  if bool(torch.from_file('/etc/passwd', False, 3).sum() > 0):\n    return x\n  return "
      "torch.relu(x)\n",
      "aten::from_file is not run");
}

TEST(HostileModule, ReadsNoMemoryBeyondItsTensors) {
  expect_refused("  return x + torch.as_strided(x, [1, 3, 8, 8], [192, 64, 8, 1], 1000000)\n",
                 "aten::as_strided");
  expect_refused("  return x + torch.empty_strided([1, 3, 8, 8], [0, 0, 0, 0])\n", "aten::empty_strided");
  expect_refused("  return torch.resize_(x, [1, 3, 800, 800])\n", "aten::resize_");
  expect_refused("  y, a, b = torch.native_batch_norm(x, None, None, x, x, False, 0.1, 0.1)\n  return y\n",
                 "aten::native_batch_norm");
  const Module norms = module_of("  return torch.conv2d(x, torch._weight_norm(self.w0, self.w1, 0))\n",
                                 {{3000, 3, 2, 2}, {2}});
  expect_refused(norms, Fault::model, "does not accept");
  EXPECT_NO_THROW(imported(module_of("  return torch.conv2d(x, torch._weight_norm(self.w0, self.w1, 0))\n",
                                     {{5, 3, 2, 2}, {5, 1, 1, 1}}),
                           kImage));
}

TEST(HostileModule, ChangesNoSettingAndDrawsNoNumbers) {
  expect_refused("  torch.manual_seed(3)\n  return torch.relu(x)\n", "aten::manual_seed is not run");
  expect_refused("  return x + torch.rand([1, 3, 8, 8])\n", "aten::rand is not run");
}

TEST(HostileModule, EndsAnEndlessLoop) {
  expect_refused("  while True:\n    pass\n  return torch.relu(x)\n", "does not end within");
  expect_refused("  i = 0\n  while i >= 0:\n    i = (i + 1) % 7\n  return torch.relu(x)\n",
                 "does not end within");
  expect_refused("  y = x\n  for i in range(1000000000):\n    y = torch.relu(y)\n  return y\n",
                 "operators on tensors");
}

TEST(HostileModule, TakesNoMemoryByDoubling) {
  const std::string end = "  return torch.relu(x) + len(s)\n";
  expect_refused("  s = 'ab'\n  for i in range(60):\n    s = s + s\n" + end, "elements");
  expect_refused("  s = [1]\n  for i in range(60):\n    s = s + s\n" + end, "elements");
  expect_refused("  s = [1, 2] * 1000000000\n" + end, "elements");
  expect_refused("  s = [i for i in range(1000000000)]\n" + end, "");
  expect_refused("  s = torch.unbind(torch.zeros([1]).expand([1000000000]))\n" + end, "elements");
  expect_refused(module_of("  return x + x.repeat([1, 1, 65536, 65536]).sum()\n"), Fault::device, "memory");
}

TEST(HostileModule, MayFillOnlySoMuchMemory) {
  using torchscript::Budget;
  using torchscript::MemoryLimit;
  Budget budget(1000);
  const Tensor a = torch::ones({200});
  budget.after({}, {a});
  EXPECT_EQ(budget.bytes_left(), 200U);
  budget.after({a}, {a.view({100, 2})});  // of the same memory
  EXPECT_EQ(budget.bytes_left(), 200U);
  {
    const MemoryLimit limit(budget.bytes_left());
    EXPECT_NO_THROW(torch::ones({50}));
    EXPECT_THROW(torch::ones({51}), std::bad_alloc);
  }
  const Tensor b = torch::ones({51});
  EXPECT_THROW(budget.after({a}, {b}), Error);
  EXPECT_EQ(budget.bytes_left(), 0U);
}

/// Integer division by -1 that overflows ends a process; so does a slice by steps of nothing.
TEST(HostileModule, EndsNoProcessByArithmetic) {
  const std::string least =
      "  n = -9223372036854775807 - int(torch.ones([1]).item())\n  m = -int(torch.ones([1]).item())\n";
  for (const char* line : {"  k = n // m\n", "  k = n % m\n", "  k = divmod(n, m)[0]\n"}) {
    try {
      imported(module_of(least + line + "  return torch.relu(x) + k\n"), kImage);
    } catch (const Error&) {
    }
  }
  for (const char* line : {"  s = [1, 2, 3][0:3:z]\n", "  s = 'abc'[0:3:z]\n", "  s = x[0:1:z]\n"}) {
    try {
      imported(
          module_of(std::string("  z = int(torch.zeros([1]).item())\n") + line + "  return torch.relu(x)\n"),
          kImage);
    } catch (const Error&) {
    }
  }
}

TEST(HostileModule, IsStoppedOnRequest) {
  int asked = 0;
  const ImportOptions options{.input = kImage, .stop = [&] { return ++asked == 1000; }};
  EXPECT_THROW(import_torchscript(module_of("  while True:\n    pass\n  return torch.relu(x)\n"), options),
               Interrupted);
  EXPECT_EQ(asked, 1000);
}

std::string archive_of(const Module& module) {
  std::ostringstream out;
  module.save(out);
  return out.str();
}

/// LibTorch itself calls __setstate__ of a class with state of its own, before anybody has looked at it.
TEST(HostileModule, RunsNothingWhileItIsLoaded) {
  Module module("m");
  module.register_attribute("training_", c10::BoolType::get(), false);
  module.define(
      "def forward(self, x):\n  return torch.relu(x)\n"
      "def __getstate__(self):\n  return 1\n"
      "def __setstate__(self, state: int):\n  self.training_ = True\n");
  try {
    load_torchscript(archive_of(module), "a.pt");
    FAIL() << "was loaded";
  } catch (const Error& e) {
    EXPECT_EQ(e.fault(), Fault::unsupported) << e.what();
    EXPECT_NE(std::string(e.what()).find("__setstate__"), std::string::npos) << e.what();
  }
  EXPECT_NO_THROW(load_torchscript(archive_of(module_of("  return torch.relu(x)\n")), "a.pt"));
}

/// An archive that holds one file of code.
std::string archive_with(const std::string& file, const std::string& code) {
  std::string bytes;
  caffe2::serialize::PyTorchStreamWriter writer([&](const void* some, std::size_t count) {
    bytes.append(static_cast<const char*>(some), count);
    return count;
  });
  writer.writeRecord(file, code.data(), code.size());
  writer.writeEndOfFile();
  return bytes;
}

/// A default value is computed when the file is loaded, by whatever it calls; and files are looked up
/// whatever the case of their names.
TEST(HostileModule, ComputesNoDefaultValuesWhileItIsLoaded) {
  const auto loads = [](const std::string& value, const std::string& file = "code/__torch__.py") {
    const std::string code = "def f(x: Tensor, y: float=" + value + ") -> Tensor:\n  return x\n";
    try {
      torchscript::check_loads_quietly(archive_with(file, code), "a.pt");
      return true;
    } catch (const Error& e) {
      EXPECT_EQ(e.fault(), Fault::unsupported) << e.what();
      return false;
    }
  };
  EXPECT_TRUE(loads("1."));
  EXPECT_TRUE(loads("float('inf')"));
  EXPECT_FALSE(loads("torch.save(1, 'a')"));
  EXPECT_FALSE(loads("float(torch.save(1, 'a'))"));
  EXPECT_FALSE(loads("float(x=torch.save(1, 'a'))"));
  EXPECT_FALSE(loads("torch.save(1, 'a')", "code/__torch__.PY"));
}

std::string repeated(std::string_view part, int times) {
  std::string out;
  for (int i = 0; i < times; ++i) out += part;
  return out;
}

/// LibTorch's parser calls itself for each of these, and a process has only so much stack.
TEST(HostileModule, IsNotNestedWithoutEnd) {
  using torchscript::is_shallow;
  for (const std::string& deep :
       {repeated("-", 100'000), repeated("not ", 100'000), "(" + repeated("-\n", 100'000),
        repeated("f(a, b) + ", 100'000), repeated("-\\\n", 100'000), repeated("(", 1000),
        repeated("a if b else ", 10'000), repeated("f(----", 199) + repeated("-", 1500),
        repeated("  elif x:\n    pass\n", 1000), "x\n" + std::string(1000, ' '), repeated("x.", 100'000)})
    EXPECT_FALSE(is_shallow("  y = " + deep + "x\n")) << deep.substr(0, 20);
  for (const std::string& usual : {repeated("y = f(-x, [1, 2], {'a': not x})\n", 100'000),
                                   "f([" + repeated("x.a + y.b,\n  ", 100'000) + "])\n"})
    EXPECT_TRUE(is_shallow(usual)) << usual.substr(0, 20);
}

/// The archive of a sound model, with one compressed file more.
std::string with_record(const std::string& name, const std::string& content) {
  const std::string sound = archive_of(module_of("  return torch.relu(x)\n"));
  caffe2::serialize::PyTorchStreamReader reader(
      std::make_shared<caffe2::serialize::MemoryReadAdapter>(sound.data(), static_cast<off_t>(sound.size())));
  std::string archive;
  caffe2::serialize::PyTorchStreamWriter writer([&](const void* bytes, std::size_t size) {
    archive.append(static_cast<const char*>(bytes), size);
    return size;
  });
  for (const std::string& old : reader.getAllRecords()) {
    if (old.starts_with(".data") || old == "version" || old == "byteorder") continue;  // the writer's own
    const auto [bytes, size] = reader.getRecord(old);
    writer.writeRecord(old, bytes.get(), size);
  }
  writer.writeRecord(name, content.data(), content.size(), /*compress=*/true);
  writer.writeEndOfFile();
  return archive;
}

TEST(HostileModule, EndsNoProcessByItsNesting) {
  for (const std::string& deep : {repeated("-", 1'000'000) + "1", repeated("not ", 1'000'000) + "x"}) {
    try {
      load_torchscript(with_record("code/__torch__/a.py", "def f(x):\n  return " + deep + "\n"), "a.pt");
      FAIL() << "was loaded";
    } catch (const Error& e) {
      EXPECT_NE(std::string(e.what()).find("nested too deeply"), std::string::npos) << e.what();
    }
  }
}

/// Ten kilobytes that become ten megabytes, and so on: only code is ever compressed.
TEST(HostileModule, UnpacksNoMoreThanItHolds) {
  const std::string bomb = with_record("data/0", std::string(10'000'000, '\0'));
  ASSERT_LT(bomb.size(), 100'000U);
  try {
    load_torchscript(bomb, "a.pt");
    FAIL() << "was loaded";
  } catch (const Error& e) {
    EXPECT_NE(std::string(e.what()).find("data/0 is compressed"), std::string::npos) << e.what();
  }
}

TEST(AllowedOperators, ExistInLibTorch) {
  std::set<std::string> known;
  for (const auto& op : torch::jit::getAllOperators()) known.insert(op->schema().name());
  EXPECT_GT(known.size(), 1000U);
  std::size_t allowed = 0;
  for (const std::string& name : known) allowed += torchscript::is_allowed(name) ? 1 : 0;
  EXPECT_GT(allowed, 400U);
  for (const char* name :
       {"aten::save", "aten::from_file", "aten::as_strided", "aten::set_", "aten::resize_", "prim::Print",
        "aten::randn", "aten::wait", "aten::_pin_memory", "aten::backward", "aten::", "", "conv2d",
        "prim::", "aten::conv2d_x", "quantized::conv2d", "profiler::_record_function_enter"})
    EXPECT_FALSE(torchscript::is_allowed(name)) << name;
  for (const char* name :
       {"aten::conv2d", "aten::relu_", "aten::add_", "aten::_convolution", "aten::len", "prim::NumToTensor"})
    EXPECT_TRUE(torchscript::is_allowed(name)) << name;
}

}  // namespace
}  // namespace zsq::tests
