#include "graph/file.h"

#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <utility>

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "graph/machine.h"

namespace zsq {
namespace {

namespace fs = std::filesystem;

class Descriptor {
 public:
  explicit Descriptor(int fd) : fd_(fd) {}
  Descriptor(const Descriptor&) = delete;
  Descriptor& operator=(const Descriptor&) = delete;
  ~Descriptor() {
    if (fd_ >= 0) ::close(fd_);
  }
  int get() const { return fd_; }
  bool ok() const { return fd_ >= 0; }

  /// Closing may report what an earlier write could not.
  bool close() { return ::close(std::exchange(fd_, -1)) == 0; }

 private:
  int fd_;
};

std::string reason(int error) {
  switch (error) {
    case ENOENT: return "there is no such file or folder";
    case EACCES:
    case EPERM: return "permission is denied";
    case EROFS: return "it is on a read-only file system";
    case ENOSPC:
    case EDQUOT: return "the disk is full";
    case EISDIR: return "it is a folder";
    default: return std::strerror(error);
  }
}

/// A file being written beside its final place; removed again unless it gets there.
class Draft {
 public:
  explicit Draft(const fs::path& target) : target_(target), file_(create()) {
    if (!file_.ok()) refuse(errno);
  }
  Draft(const Draft&) = delete;
  Draft& operator=(const Draft&) = delete;
  ~Draft() {
    if (!name_.empty()) ::unlink(name_.c_str());
  }

  void write(std::string_view bytes) {
    while (!bytes.empty()) {
      const ssize_t written = ::write(file_.get(), bytes.data(), bytes.size());
      if (written < 0 && errno == EINTR) continue;
      if (written < 0) refuse(errno);
      bytes.remove_prefix(static_cast<std::size_t>(written));
    }
  }

  void publish() {
    if (::fsync(file_.get()) != 0 || !file_.close() || ::rename(name_.c_str(), target_.c_str()) != 0)
      refuse(errno);
    name_.clear();
    const fs::path folder = target_.has_parent_path() ? target_.parent_path() : fs::path(".");
    const Descriptor parent(::open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
    if (parent.ok()) ::fsync(parent.get());  // best effort: some file systems refuse to sync a folder
  }

 private:
  [[noreturn]] void refuse(int error) const {
    fail(Fault::data, target_.string(), " cannot be written: ", reason(error),
         "; choose a folder that exists, can be written and has room");
  }

  /// Under a name that nobody has. The system takes the umask off the mode; mkostemp gives another mode, and
  /// to ask for the umask is to change it, for all threads.
  int create() {
    constexpr int kMostTries = 1000;
    for (int i = 0; i < kMostTries; ++i) {
      name_ = target_.string() + '.' + std::to_string(::getpid()) + '.' + std::to_string(i);
      const int fd = ::open(name_.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0666);
      if (fd >= 0) return fd;
      if (errno != EEXIST) break;
    }
    name_.clear();  // whoever has it may keep it
    return -1;
  }

  fs::path target_;
  std::string name_;
  Descriptor file_;
};

}  // namespace

FileBytes::FileBytes(const fs::path& path, Fault fault) {
  const auto need = [&](bool ok, const auto&... parts) {
    check(ok, fault, path.string(), " cannot be read: ", parts...);
  };
  const Descriptor file(::open(path.c_str(), O_RDONLY | O_CLOEXEC));
  need(file.ok(), reason(errno));
  struct stat status {};
  need(::fstat(file.get(), &status) == 0, reason(errno));
  check(S_ISREG(status.st_mode), fault, path.string(), " is not a file; the path of a file was needed");
  size_ = static_cast<std::size_t>(status.st_size);
  need(size_ <= memory_of_machine() / 2, "it has ", size_ >> 20U,
       " MiB, more than half of this machine's memory");
  bytes_ = std::make_unique_for_overwrite<char[]>(size_);
  for (std::size_t done = 0; done < size_;) {
    const ssize_t got = ::read(file.get(), bytes_.get() + done, size_ - done);
    if (got < 0 && errno == EINTR) continue;
    need(got >= 0, reason(errno));
    need(got > 0, "it became shorter meanwhile; wait until it is complete");
    done += static_cast<std::size_t>(got);
  }
}

std::string read_file(const fs::path& path, Fault fault) {
  return std::string(FileBytes(path, fault).view());
}

void write_file_atomically(const fs::path& path, std::string_view bytes) {
  Draft draft(path);
  draft.write(bytes);
  draft.publish();
}

}  // namespace zsq
