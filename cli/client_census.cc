#include "cli/client_census.h"

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <limits>
#include <map>
#include <optional>
#include <string_view>
#include <tuple>

#include <fmt/format.h>

#include "cli/mail_log.h"
#include "config/entry_line.h"

namespace portcullis {
namespace {

using Key = std::tuple<IpAddress, std::string, std::string>;

// Lines of bounded length, however long they are.
class LineReader {
 public:
  explicit LineReader(std::istream& in) : in_(in) {}

  std::optional<std::string_view> next() {
    if (!in_.getline(buffer_.data(), static_cast<std::streamsize>(buffer_.size()))) {
      if (in_.gcount() == 0 || in_.bad()) return std::nullopt;
      if (!in_.eof()) {  // the line goes on beyond the buffer
        in_.clear();
        const std::streamsize size = in_.gcount();
        in_.ignore(std::numeric_limits<std::streamsize>::max(), '\n');
        return std::string_view(buffer_.data(), static_cast<std::size_t>(size));
      }
    }
    // gcount() counts the line end, unless the text ended instead.
    const auto size = static_cast<std::size_t>(in_.gcount()) - (in_.eof() ? 0 : 1);
    return std::string_view(buffer_.data(), size);
  }

 private:
  std::istream& in_;
  std::array<char, 8192> buffer_{};
};

std::optional<Key> client_on(std::string_view line) {
  if (const auto address = IpAddress::parse(line)) return Key{*address, {}, {}};
  if (const auto logged = parse_connect_line(line)) {
    return Key{logged->address, logged->name, logged->service};
  }
  return std::nullopt;
}

bool tells_of_nobody(std::string_view line) {
  return line.empty() || line[0] == '#' || line[0] == ';' || is_log_line(line);
}

bool came_more_often(const SeenClient& a, const SeenClient& b) {
  if (a.times != b.times) return a.times > b.times;
  return std::tie(a.address, a.name, a.service) < std::tie(b.address, b.name, b.service);
}

}  // namespace

std::uint64_t ClientCensus::connections() const {
  std::uint64_t sum = 0;
  for (const SeenClient& client : clients) sum += client.times;
  return sum;
}

ClientCensus take_census(std::istream& in) {
  ClientCensus census;
  std::map<Key, std::uint64_t> counts;
  LineReader lines(in);
  std::uint64_t number = 0;
  while (const auto whole = lines.next()) {
    ++number;
    std::string_view line = trim(*whole);
    if (line.ends_with('\r')) line = trim(line.substr(0, line.size() - 1));
    if (const auto client = client_on(line)) {
      ++counts[*client];
    } else if (!tells_of_nobody(line) && census.unreadable++ == 0) {
      census.first_unreadable = number;
      census.first_unreadable_text = line;
    }
  }
  for (const auto& [key, times] : counts) {
    census.clients.push_back({std::get<0>(key), std::get<1>(key), std::get<2>(key), times});
  }
  std::ranges::sort(census.clients, came_more_often);
  return census;
}

Found<ClientCensus> take_census_of(const std::string& path) {
  if (path == "-") return take_census(std::cin);
  const auto unread = [&path](int error) {
    const ExitCode code = error == EACCES ? ExitCode::no_permission : ExitCode::no_policy_file;
    return tl::unexpected(failure(code, fmt::format("{}: {}", path, std::strerror(error))));
  };
  std::error_code ignored;
  if (std::filesystem::is_directory(path, ignored)) return unread(EISDIR);
  errno = 0;
  std::ifstream in(path, std::ios::binary);
  if (!in) return unread(errno);
  ClientCensus census = take_census(in);
  if (in.bad()) return unread(EIO);
  return census;
}

}  // namespace portcullis
