#include "milter/listening_socket.h"

#include <filesystem>
#include <thread>

#include <gmock/gmock.h>
#include <sys/stat.h>
#include <unistd.h>

#include "milter/unix_socket.h"
#include "tests/mta/support/scratch_directory.h"

namespace portcullis::testing {
namespace {

class ListeningSockets : public ::testing::Test {
 protected:
  ListeningSocket open() {
    auto socket = ListeningSocket::open(UnixSocketAddress{path}, {.mode = 0640});
    EXPECT_TRUE(socket) << socket.error().message;
    return std::move(*socket);
  }

  mode_t mode() const {
    struct stat status {};
    ::lstat(path.c_str(), &status);
    return status.st_mode & 0777U;
  }

  const ScratchDirectory directory{"listening"};
  const std::string path = directory / "a.sock";
};

TEST_F(ListeningSockets, ThePathIsRemovedOnlyWhileItIsOurs) {
  ListeningSocket socket = open();
  EXPECT_EQ(mode(), 0640U);
  std::filesystem::rename(path, path + ".aside");
  directory.write("a.sock", "another's");
  socket.remove_path();
  EXPECT_EQ(read_file(path), "another's");
}

TEST_F(ListeningSockets, ALibmilterThatTakesNoDescriptorBindsThePathWithTheSameRights) {
  ListeningSocket socket = open();
  FileDescriptor theirs;
  EXPECT_TRUE(socket.rebind([&] {
    EXPECT_FALSE(std::filesystem::exists(path));
    // libmilter knows nothing of modes: what it makes is as wide as the umask lets it be.
    auto bound = bind_unix_socket(path, {.mode = 0777 & ~::umask(0)});
    if (bound) theirs = std::move(*bound);
    return bound.has_value();
  }));
  EXPECT_EQ(mode(), 0640U);
  socket.remove_path();
  EXPECT_FALSE(std::filesystem::exists(path));
}

TEST_F(ListeningSockets, TwoThatAreMadeAtOneTimeHaveTheirOwnRights) {
  const auto make_again_and_again = [this](const std::string& name, mode_t mode) {
    const std::string own = directory / name;
    int wrong = 0;
    for (int i = 0; i < 500; ++i) {
      const auto bound = bind_unix_socket(own, {.mode = mode});
      struct stat status {};
      ::lstat(own.c_str(), &status);
      wrong += bound && (status.st_mode & 0777U) == mode ? 0 : 1;
      ::unlink(own.c_str());
    }
    return wrong;
  };
  int wrong = 0;
  std::thread other([&] { wrong = make_again_and_again("other.sock", 0600); });
  EXPECT_EQ(make_again_and_again("one.sock", 0660), 0);
  other.join();
  EXPECT_EQ(wrong, 0);
}

TEST_F(ListeningSockets, TwoOfOneProcessDoNotShareAPath) {
  const ListeningSocket first = open();
  const auto second = ListeningSocket::open(UnixSocketAddress{path}, {});
  ASSERT_FALSE(second);
  EXPECT_EQ(second.error().exit_code, 69);
}

}  // namespace
}  // namespace portcullis::testing
