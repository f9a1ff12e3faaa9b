#include "tests/mta/support/name_server.h"

#include <algorithm>
#include <cctype>
#include <cstdint>
#include <map>
#include <random>
#include <stdexcept>

#include <arpa/inet.h>
#include <fmt/core.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

namespace portcullis::testing {
namespace {

// RFC 1035 section 4.1.1: identification, flags, and four counts.
constexpr std::size_t kHeader = 12;
constexpr std::uint16_t kAnswer = 0x8580;  // an authoritative answer, recursion desired and had
constexpr std::uint16_t kNoSuchName = 3;
constexpr std::uint16_t kInternet = 1;

std::string two_bytes(std::uint16_t number) {
  return {static_cast<char>(number >> 8U), static_cast<char>(number & 0xffU)};
}

// "ours.test" as labels, each behind its length.
std::string labels_of(std::string_view name) {
  std::string labels;
  while (!name.empty()) {
    const std::string_view label = name.substr(0, name.find('.'));
    labels += static_cast<char>(label.size());
    labels += label;
    name.remove_prefix(std::min(label.size() + 1, name.size()));
  }
  return labels + '\0';
}

std::uint16_t code_of(const std::string& type) {
  static const std::map<std::string, std::uint16_t> codes = {{"A", 1}, {"MX", 15}};
  return codes.at(type);
}

std::string data_of(const NameRecord& record) {
  if (record.type == "MX") {
    const std::size_t blank = record.value.find(' ');
    return two_bytes(static_cast<std::uint16_t>(std::stoul(record.value.substr(0, blank)))) +
           labels_of(record.value.substr(blank + 1));
  }
  in_addr address{};
  if (inet_pton(AF_INET, record.value.c_str(), &address) != 1) {
    throw std::runtime_error(record.value + " is no IPv4 address");
  }
  return {reinterpret_cast<const char*>(&address), sizeof address};
}

// What is asked: "ours.test" in lower case, its type, and where the question ends.
struct Question {
  std::string name;
  std::uint16_t type = 0;
  std::size_t end = 0;
};

Question question_of(std::string_view query) {
  Question question;
  std::size_t at = kHeader;
  while (at < query.size() && query[at] != 0) {
    const auto length = static_cast<unsigned char>(query[at]);
    if (!question.name.empty()) question.name += '.';
    for (const char c : query.substr(std::min(at + 1, query.size()), length)) {
      question.name += static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
    }
    at += length + 1;
  }
  constexpr std::size_t kBehindName = 5;  // the empty label, type and class
  if (at + kBehindName > query.size()) return {};
  question.type = static_cast<std::uint16_t>(static_cast<unsigned char>(query[at + 1]) << 8U |
                                             static_cast<unsigned char>(query[at + 2]));
  question.end = at + kBehindName;
  return question;
}

sockaddr_in random_loopback() {
  std::random_device random;
  constexpr std::uint32_t kLoopback = 0x7f350000;  // 127.53.0.0
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(53);
  address.sin_addr.s_addr = htonl(kLoopback + 1 + random() % 65000);
  return address;
}

}  // namespace

NameServer::NameServer(std::vector<NameRecord> records) : records_(std::move(records)) {
  socket_ = ::socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
  constexpr int kAttempts = 20;
  for (int i = 0; i < kAttempts && address_.empty(); ++i) {
    const sockaddr_in address = random_loopback();
    if (::bind(socket_, reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0) continue;
    address_ = inet_ntoa(address.sin_addr);
  }
  if (address_.empty()) throw std::runtime_error("no address for a name server on port 53");
  thread_ = std::thread([this] { serve(); });
}

NameServer::~NameServer() {
  stop_ = true;
  thread_.join();
  ::close(socket_);
}

void NameServer::serve() const {
  constexpr int kPause = 50;  // milliseconds
  while (!stop_) {
    pollfd ready{socket_, POLLIN, 0};
    if (::poll(&ready, 1, kPause) != 1) continue;
    char query[512];
    sockaddr_in client{};
    socklen_t length = sizeof client;
    const ssize_t size =
        ::recvfrom(socket_, query, sizeof query, 0, reinterpret_cast<sockaddr*>(&client), &length);
    if (size < static_cast<ssize_t>(kHeader)) continue;
    const std::string text = answer({query, static_cast<std::size_t>(size)});
    (void)::sendto(socket_, text.data(), text.size(), 0, reinterpret_cast<sockaddr*>(&client),
                   length);
  }
}

std::string NameServer::answer(std::string_view query) const {
  const Question question = question_of(query);
  std::string records;
  std::uint16_t count = 0;
  for (const NameRecord& record : records_) {
    if (record.name != question.name || code_of(record.type) != question.type) continue;
    const std::string data = data_of(record);
    records += labels_of(record.name) + two_bytes(question.type) + two_bytes(kInternet) +
               two_bytes(0) + two_bytes(60) + two_bytes(static_cast<std::uint16_t>(data.size())) +
               data;
    ++count;
  }
  const bool known = std::ranges::any_of(
      records_, [&](const NameRecord& record) { return record.name == question.name; });
  return std::string(query.substr(0, 2)) +
         two_bytes(known ? kAnswer : static_cast<std::uint16_t>(kAnswer | kNoSuchName)) +
         two_bytes(1) + two_bytes(count) + two_bytes(0) + two_bytes(0) +
         std::string(query.substr(kHeader, question.end - kHeader)) + records;
}

}  // namespace portcullis::testing
