#pragma once

#include <string>
#include <vector>

#include "tests/formats/list_samples.h"

namespace portcullis::testing {

// A cidr_table(5) with all that it knows: negation, conditions that nest, brackets, lines that are
// continued, comments, conditions that never end, and rules that Postfix skips.
class RandomCidrTable {
 public:
  RandomCidrTable(std::size_t rules, Random& random) : random_(random) {
    for (std::size_t i = 0; i < rules; ++i) add_line();
    const bool left_open = one_in(5);
    while (depth_ > 0 && !left_open) end_condition();
  }

  const std::string& text() const { return text_; }
  const std::vector<IpPrefix>& networks() const { return networks_; }

 private:
  bool one_in(std::size_t n) { return below(n, random_) == 0; }

  void add_line() {
    if (one_in(12)) text_ += "# if 10.0.0.0/8\n";
    if (one_in(15)) text_ += "  \t\n";
    if (one_in(6)) {
      text_ += (one_in(3) ? "IF " : "if ") + negation() + pattern() + '\n';
      ++depth_;
    } else if (depth_ > 0 && one_in(4)) {
      end_condition();
    } else if (one_in(10)) {
      skipped();
    } else {
      text_ += negation() + pattern() + blank() + result() + '\n';
    }
  }

  void end_condition() {
    text_ += one_in(3) ? "EndIf\n" : "endif\n";
    --depth_;
  }

  std::string negation() { return one_in(6) ? "!" : one_in(30) ? "!!" : ""; }
  std::string blank() { return one_in(8) ? "\n  " : one_in(3) ? "\t" : "   "; }

  std::string pattern() {
    networks_.push_back(random_network(random_));
    const IpPrefix& network = networks_.back();
    const std::string address = network.first().to_string();
    const std::string length = network.is_host() ? "" : '/' + std::to_string(network.length());
    if (one_in(8)) return '[' + address + ']' + length;
    return one_in(8) ? '[' + address + length + ']' : address + length;
  }

  std::string result() {
    static const std::vector<std::string> results = {
        "REJECT", "reject for a reason", "554 5.7.1 No", "DUNNO", "OK", "permit", "1234567890"};
    return results[below(results.size(), random_)];
  }

  void skipped() {
    static const std::vector<std::string> lines = {
        "10.32.64.129/20 REJECT", "10.32.64.010 OK",      "10.32 REJECT",
        "10.0.0.0/255.0.0.0 OK",  "10.0.0.1/33 REJECT",   "10.32.64.1-10.32.64.9 REJECT",
        "fe80::1%eth0 OK",        "2001:db8::/32",        "mx.example.com REJECT",
        "2001:db8::1/129 OK",     "[10.32.0.0/16 REJECT", "10.0.0.0/8,11.0.0.0/8 OK"};
    text_ += lines[below(lines.size(), random_)] + '\n';
  }

  Random& random_;
  std::string text_;
  std::vector<IpPrefix> networks_;
  int depth_ = 0;
};

}  // namespace portcullis::testing
