#include "tests/e2e/terminal.h"

#include <array>
#include <cstdlib>
#include <stdexcept>

#include <fcntl.h>
#include <sys/ioctl.h>
#include <unistd.h>

namespace zsq::e2e {

bool Terminal::can_be_made() {
  const int side = posix_openpt(O_RDWR | O_NOCTTY | O_CLOEXEC);
  if (side < 0) return false;
  const char* name = grantpt(side) == 0 && unlockpt(side) == 0 ? ptsname(side) : nullptr;
  const bool ok = name != nullptr && access(name, R_OK | W_OK) == 0;
  close(side);
  return ok;
}

Terminal::Terminal(int columns) : here_(posix_openpt(O_RDWR | O_NOCTTY | O_CLOEXEC)) {
  if (here_ < 0 || grantpt(here_) != 0 || unlockpt(here_) != 0)
    throw std::runtime_error("no terminal can be made");
  program_ = open(ptsname(here_), O_RDWR | O_NOCTTY | O_CLOEXEC);
  winsize size{};
  size.ws_col = static_cast<unsigned short>(columns);
  size.ws_row = 24;
  if (program_ < 0 || ioctl(here_, TIOCSWINSZ, &size) != 0 || fcntl(here_, F_SETFL, O_NONBLOCK) != 0)
    throw std::runtime_error("no terminal can be made");
}

Terminal::~Terminal() {
  if (program_ >= 0) close(program_);
  if (here_ >= 0) close(here_);
}

void Terminal::drain() {
  std::array<char, 4096> some{};
  for (ssize_t count = 0; (count = read(here_, some.data(), some.size())) > 0;)
    written_.append(some.data(), static_cast<std::size_t>(count));
}

std::string screen(const std::string& written) {
  std::string shown, line;
  std::size_t at = 0;  // of the cursor in the line
  for (std::size_t i = 0; i < written.size(); ++i) {
    const char c = written[i];
    if (c == '\r') {
      at = 0;
    } else if (c == '\n') {
      shown += line + '\n';
      line.clear();
      at = 0;
    } else if (written.compare(i, 3, "\033[K") == 0) {
      line.resize(at);
      i += 2;
    } else {
      line.resize(std::max(line.size(), at + 1), ' ');
      line[at++] = c;
    }
  }
  return shown + line;
}

}  // namespace zsq::e2e
