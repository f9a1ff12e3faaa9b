#include "milter/socket_address.h"

#include <gmock/gmock.h>

namespace portcullis {
namespace {

TEST(SocketAddress, EveryFormIsReadAndPrintedAsLibmilterTakesIt) {
  const std::pair<const char*, const char*> forms[] = {
      {"unix:/run/p.sock", "unix:/run/p.sock"},
      {"local:/run/p.sock", "unix:/run/p.sock"},
      {"/run/p.sock", "unix:/run/p.sock"},
      {"inet:8891@127.0.0.1", "inet:8891@127.0.0.1"},
      {"inet:8891", "inet:8891"},
      {"inet6:8891@[::1]", "inet6:8891@::1"},
      {"inet6:8891@::1", "inet6:8891@::1"},
  };
  for (const auto& [text, printed] : forms) {
    const auto address = parse_socket_address(text);
    ASSERT_TRUE(address) << text;
    EXPECT_EQ(to_string(*address), printed);
  }
}

TEST(SocketAddress, OtherTextsAreErrors) {
  for (const std::string& text :
       {std::string(), std::string("p.sock"), std::string("unix:p.sock"), std::string("unix:"),
        std::string("inet:0@x"), std::string("inet:65536@x"), std::string("inet:@x"),
        std::string("inet:80x@x"), std::string("fd:3"), "/" + std::string(107, 'x'),
        std::string("/a\0b", 4)}) {
    EXPECT_FALSE(parse_socket_address(text)) << text;
  }
  EXPECT_TRUE(parse_socket_address("/" + std::string(106, 'x')));
}

}  // namespace
}  // namespace portcullis
