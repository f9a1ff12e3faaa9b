#include "milter/control_mailbox.h"

#include <utility>

#include <sys/eventfd.h>

namespace portcullis {

ControlMailbox::ControlMailbox() : event_(::eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC)) {}

void ControlMailbox::put(Letter letter) {
  letters_.lock()->push_back(std::move(letter));
  wake();
}

void ControlMailbox::wake() noexcept {
  ::eventfd_write(event_.get(), 1);
}

std::vector<ControlMailbox::Letter> ControlMailbox::take() {
  eventfd_t ignored = 0;
  ::eventfd_read(event_.get(), &ignored);
  return std::exchange(*letters_.lock(), {});
}

}  // namespace portcullis
