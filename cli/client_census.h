#pragma once

#include <cstddef>
#include <cstdint>
#include <istream>
#include <string>
#include <vector>

#include "cli/report.h"
#include "policy/ip_address.h"

namespace portcullis {

// A client, and how often it came.
struct SeenClient {
  IpAddress address;
  std::string name;     // as the MTA has verified it; may be empty, and may hold any bytes
  std::string service;  // of Postfix, as mail_log.h has it; may be empty
  std::uint64_t times = 0;

  friend bool operator==(const SeenClient&, const SeenClient&) = default;
};

// The clients of a text.
struct ClientCensus {
  std::vector<SeenClient> clients;  // those that came most often first
  // Lines that are neither an address nor one of a log nor a comment.
  std::uint64_t unreadable = 0;
  std::uint64_t first_unreadable = 0;  // its number, from 1
  std::string first_unreadable_text;

  std::uint64_t connections() const;
};

// Counts the clients of a text: one address on a line, or a mail log of Postfix; blank lines and
// comments ("#", ";") are skipped, and so are log lines that tell of no connection. One pass;
// memory for the different clients only. Of a line only the first 8 KiB are read.
ClientCensus take_census(std::istream& in);

// The same of a file; "-" is standard input.
Found<ClientCensus> take_census_of(const std::string& path);

}  // namespace portcullis
