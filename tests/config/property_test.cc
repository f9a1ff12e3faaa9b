// Properties that hold for every input. Each test prints its seed; PORTCULLIS_SEED repeats a run.
#include <algorithm>
#include <array>
#include <cstdlib>
#include <random>
#include <string>
#include <string_view>
#include <vector>

#include <arpa/inet.h>
#include <fmt/format.h>
#include <gtest/gtest.h>

#include "config/entry_line.h"
#include "config/ini_reader.h"
#include "config/list_file.h"
#include "config/plain_network.h"
#include "config/policy_file.h"
#include "config/section.h"
#include "tests/support/golden.h"

namespace portcullis {
namespace {

class Property : public testing::Test {
 protected:
  Property() : seed_(seed()), random_(seed_) { fmt::print("PORTCULLIS_SEED={}\n", seed_); }

  static std::uint32_t seed() {
    const char* const given = std::getenv("PORTCULLIS_SEED");
    return given != nullptr ? static_cast<std::uint32_t>(std::atol(given)) : std::random_device{}();
  }

  std::size_t below(std::size_t limit) { return random_() % limit; }
  bool chance(unsigned percent) { return below(100) < percent; }

  template <typename T>
  const T& any_of(const std::vector<T>& choices) {
    return choices[below(choices.size())];
  }

  // `text` with a few bytes changed, lost, doubled or moved.
  std::string mutate(std::string text) {
    static const std::string kSpice =
        std::string("0123456789./:-[]%, \t\r\n;#=*@!_xXaf\x1b\xff") + '\0';
    for (std::size_t n = 1 + below(4); n > 0; --n) {
      const std::size_t at = below(text.size() + 1);
      switch (below(4)) {
        case 0:
          text.insert(at, 1, kSpice[below(kSpice.size())]);
          break;
        case 1:
          text.erase(at, 1 + below(3));
          break;
        case 2:
          if (at < text.size()) text[at] = kSpice[below(kSpice.size())];
          break;
        default:
          text.insert(at, text.substr(below(text.size() + 1), below(12)));
      }
    }
    return text;
  }

  IpAddress any_address() {
    if (chance(50)) return IpAddress::from_ipv4(static_cast<std::uint32_t>(random_()));
    std::array<std::uint8_t, 16> bytes{};
    for (auto& byte : bytes) byte = static_cast<std::uint8_t>(chance(50) ? 0 : random_());
    return IpAddress::from_ipv6(bytes);
  }

  IpPrefix any_network() {
    const IpAddress address = any_address();
    return {address, 1 + static_cast<unsigned>(below(address.width()))};
  }

  std::uint32_t seed_;
  std::mt19937 random_;
};

std::string mask_text(unsigned length) {
  return IpAddress::from_ipv4(length == 0 ? 0 : ~std::uint32_t{0} << (32 - length)).to_string();
}

TEST_F(Property, ANetworkReadsBackFromItsText) {
  for (int i = 0; i < 50'000; ++i) {
    const IpPrefix network = any_network();
    std::vector<std::string> forms = {network.to_string()};
    if (network.family() == AddressFamily::ipv4) {
      const std::string first = network.first().to_string();
      forms.push_back(fmt::format("{}/{}", first, network.length()));
      forms.push_back(fmt::format("{}/{}", first, mask_text(network.length())));
      forms.push_back(fmt::format("{}:{}", first, mask_text(network.length())));
      forms.push_back(fmt::format("::ffff:{}/{}", first, network.length() + 96));
    }
    for (const std::string& form : forms) {
      const auto entry = parse_entry(form);
      ASSERT_TRUE(entry) << form;
      ASSERT_EQ(std::get<IpPrefix>(entry->names), network) << form;
    }
  }
}

TEST_F(Property, ARangeReadsBackFromItsText) {
  for (int i = 0; i < 20'000; ++i) {
    const IpAddress a = any_address();
    const IpAddress b = any_address();
    const std::string text = fmt::format("{}-{}", a.to_string(), b.to_string());
    const auto entry = parse_entry(text);
    ASSERT_EQ(entry.has_value(), a.family() == b.family() && a <= b) << text;
    if (entry) {
      ASSERT_EQ(std::get<AddressRange>(entry->names), (AddressRange{a, b})) << text;
    }
  }
}

TEST_F(Property, TheRepairForHostBitsIsItselfRight) {
  for (int i = 0; i < 20'000; ++i) {
    const IpAddress address = any_address();
    const unsigned length = 1 + static_cast<unsigned>(below(address.width()));
    const auto entry = parse_entry(fmt::format("{}/{}", address.to_string(), length));
    ASSERT_TRUE(entry);
    const IpPrefix network(address, length);
    if (network.first() == address) continue;
    ASSERT_TRUE(entry->warning);
    ASSERT_EQ(entry->warning->repair, fmt::format("write {} for the network, or {} for the host",
                                                  network.to_string(), address.to_string()));
  }
}

std::string canonical(const EntryText& entry) {
  if (const auto* network = std::get_if<IpPrefix>(&entry.names)) return network->to_string();
  if (const auto* range = std::get_if<AddressRange>(&entry.names)) {
    return fmt::format("{}-{}", range->first.to_string(), range->last.to_string());
  }
  return std::string(std::get<HostName>(entry.names).text);
}

const std::vector<std::string>& entry_seeds() {
  static const std::vector<std::string> seeds = {"192.0.2.1",
                                                 "192.0.2.0/24",
                                                 "10.0.0.0:255.0.0.0",
                                                 "10.0.0.0/255.255.0.0",
                                                 "192.0.2.1-192.0.2.9",
                                                 "2001:db8::/32",
                                                 "::ffff:192.0.2.0/120",
                                                 "2001:db8::1-2001:db8::ff",
                                                 "mx-1.example.com",
                                                 ".spam.example",
                                                 "*.example.com",
                                                 "192.0.2.1 expires=2027-01-31T00:00:00Z",
                                                 "0.0.0.0/0",
                                                 "[2001:db8::1]:25"};
  return seeds;
}

bool is_plain_address(std::string_view text) {
  std::array<unsigned char, 16> bytes{};
  const std::string terminated(text);
  return text.find('\0') == std::string_view::npos &&
         (inet_pton(AF_INET, terminated.c_str(), bytes.data()) == 1 ||
          inet_pton(AF_INET6, terminated.c_str(), bytes.data()) == 1);
}

TEST_F(Property, AnyMutatedEntryIsJudgedAndWhatIsTakenMeansWhatItSays) {
  for (int i = 0; i < 100'000; ++i) {
    const std::string text = mutate(any_of(entry_seeds()));
    (void)parse_entry_line(text);
    const auto entry = parse_entry(text);
    if (is_plain_address(text)) {
      ASSERT_TRUE(entry) << text;
    }
    if (!entry) {
      ASSERT_FALSE(entry.error().reason.empty()) << text;
      continue;
    }
    const std::string plain = canonical(*entry);
    const auto again = parse_entry(plain);
    ASSERT_TRUE(again) << text << " as " << plain;
    ASSERT_EQ(again->names.index(), entry->names.index()) << text;
    ASSERT_EQ(canonical(*again), plain) << text;
  }
}

// True if the fast path takes the whole text, which must not depend on whether more lines follow.
bool is_taken(const std::string& text, IpPrefix& network) {
  const auto taken = [&text](const std::string& lines, IpPrefix& read) {
    return scan_plain_network(lines.data(), lines.data() + lines.size(), read) ==
           lines.data() + text.size();
  };
  IpPrefix in_more;
  const bool alone = taken(text, network);
  EXPECT_EQ(taken(text + "\n192.0.2.1\n2001:db8::1\n", in_more), alone) << text;
  if (alone) {
    EXPECT_EQ(in_more, network) << text;
  }
  return alone;
}

TEST_F(Property, TheFastPathTakesOnlyWhatTheStrictReaderTakes) {
  std::size_t taken = 0;
  for (int i = 0; i < 200'000; ++i) {
    std::string text = chance(50) ? fmt::format("{}.{}.{}.{}/{}", below(300), below(300),
                                                below(256), below(4) * 64, below(40))
                                  : any_network().to_string();
    if (chance(70)) text = mutate(text);
    IpPrefix network;
    if (!is_taken(text, network)) continue;
    ++taken;
    const auto entry = parse_entry(text);
    ASSERT_TRUE(entry) << text;
    ASSERT_FALSE(entry->warning) << text;
    ASSERT_EQ(std::get<IpPrefix>(entry->names), network) << text;
  }
  EXPECT_GT(taken, 20'000U);
}

TEST_F(Property, TheFastPathTakesEveryPlainNetworkButMappedOnes) {
  for (int i = 0; i < 100'000; ++i) {
    const IpPrefix expected = any_network();
    const std::string text = expected.to_string();
    const auto entry = parse_entry(text);
    ASSERT_TRUE(entry) << text;
    if (entry->warning) continue;
    IpPrefix network;
    ASSERT_TRUE(is_taken(text, network)) << text;
    ASSERT_EQ(network, expected) << text;
  }
}

bool is_printable(std::string_view text) {
  return std::ranges::all_of(text, [](char c) { return (c >= ' ' && c <= '~') || c == '\n'; });
}

std::string any_list(const std::vector<std::string>& lines) {
  std::string text;
  for (const std::string& line : lines) text += line + '\n';
  return text;
}

TEST_F(Property, AnyMutatedListIsReadAndItsDiagnosticsArePrintable) {
  const std::string whole = any_list(entry_seeds());
  for (int i = 0; i < 20'000; ++i) {
    const std::string text = mutate(whole);
    PolicyBuilder builder;
    const SourceIndex source = builder.add_source(builder.add_class({}), "a.list");
    Diagnostics diagnostics;
    const std::size_t entries = read_list(text, "a.list", builder, source, diagnostics);
    ASSERT_LE(entries, static_cast<std::size_t>(std::ranges::count(text, '\n')) + 1);
    ASSERT_TRUE(is_printable(diagnostics.format_all())) << text;
  }
}

std::vector<std::string> golden_policies() {
  std::vector<std::string> texts;
  for (const std::string& name : golden::cases("policy", "")) {
    texts.push_back(golden::read_file(golden::data_folder() / "policy" / name / "policy.conf"));
  }
  return texts;
}

std::vector<std::string_view> split_lines(std::string_view text) {
  std::vector<std::string_view> lines;
  while (!text.empty()) {
    const std::size_t end = std::min(text.find('\n'), text.size());
    lines.push_back(text.substr(0, end));
    text.remove_prefix(std::min(end + 1, text.size()));
  }
  return lines;
}

// inih cuts, joins and splits lines where it likes: none of that may reach us.
void expect_as_written(const std::vector<IniSection>& sections, std::string_view text) {
  const auto lines = split_lines(text);
  const auto line = [&](std::uint32_t number) { return lines.at(number - 1); };
  for (const IniSection& section : sections) {
    ASSERT_NE(line(section.line).find(section.title), std::string_view::npos) << text;
    for (const IniKey& key : section.keys) {
      ASSERT_NE(line(key.line).find(key.name), std::string_view::npos) << text;
      for (const IniPiece& piece : key.pieces) {
        ASSERT_GE(piece.line, key.line);
        ASSERT_NE(line(piece.line).find(piece.text), std::string_view::npos) << text;
      }
    }
  }
}

TEST_F(Property, AnyMutatedPolicyIsReadAsWrittenOrReported) {
  const std::vector<std::string> policies = golden_policies();
  for (int i = 0; i < 100'000; ++i) {
    const std::string text = mutate(any_of(policies));
    Diagnostics diagnostics;
    const std::string file = "p.conf";
    const auto ini = read_ini(text, file, diagnostics);
    expect_as_written(ini, text);
    if (HasFatalFailure()) return;
    const auto sections = make_sections(ini, file, diagnostics);
    ASSERT_TRUE(is_printable(diagnostics.format_all())) << text;
  }
}

TEST_F(Property, AnyMutatedPolicyFileLoadsOrIsRefused) {
  const golden::ScratchFolder folder;
  const std::vector<std::string> policies = golden_policies();
  for (int i = 0; i < 3'000; ++i) {
    const auto loaded = load_policy(folder.file("p.conf", mutate(any_of(policies))));
    if (loaded) {
      ASSERT_NE(loaded->policy, nullptr);
      ASSERT_FALSE(loaded->diagnostics.has_errors());
    } else {
      ASSERT_TRUE(loaded.error().has_errors());
      ASSERT_TRUE(is_printable(loaded.error().format_all()));
    }
  }
}

// An INI file and what must be read from it.
struct Written {
  std::string text;
  std::vector<IniSection> sections;
};

class IniWriter : public Property {
 protected:
  // Words of everything that inih gives a meaning to, where it has none.
  std::string any_value() {
    static const std::vector<std::string> kWords = {
        "192.0.2.0/24", "2001:db8::/32", "a=b",  "x:y",   "[z]",      "file:a.list", "554",
        "semi;colon",   "hash#sign",     "100%", "\"q\"", "\xc3\xbc", "::1,",        "key"};
    std::string value = any_of(kWords);
    while (value.size() < 150 && chance(60)) value += (chance(80) ? " " : "\t") + any_of(kWords);
    return value;
  }

  std::string comment() {
    return chance(30) ? std::string(chance(50) ? " " : "\t") + ";" + any_value().substr(0, 10) : "";
  }

  void line(Written& out, const std::string& text) {
    out.text += text + (chance(20) ? "\r\n" : "\n");
    ++line_;
    while (chance(15)) {
      out.text += any_of(std::vector<std::string>{"\n", "# c = d\n", "  ; [no section]\n", "\t\n"});
      ++line_;
    }
  }

  // A continuation must not look like a setting or a section.
  static bool may_continue(const std::string& value) {
    return value.find('=') == std::string::npos && value.find('[') == std::string::npos;
  }

  Written any_file() {
    Written out;
    line_ = 1;
    for (std::size_t s = 1 + below(4); s > 0; --s) {
      out.sections.push_back({fmt::format("class s{}", s), line_, 0, {}});
      line(out, fmt::format("[{}]{}", out.sections.back().title, comment()));
      for (std::size_t k = below(5); k > 0; --k) add_key(out, fmt::format("key_{}", k));
    }
    return out;
  }

  void add_key(Written& out, const std::string& name) {
    const std::string value = any_value();
    out.sections.back().keys.push_back({name, line_, {{value, line_}}});
    line(out, fmt::format("{}{}={}{}{}", name, chance(50) ? " " : "", chance(50) ? "\t" : "", value,
                          comment()));
    while (chance(50)) {
      const std::string more = any_value();
      if (!may_continue(more)) continue;
      out.sections.back().keys.back().pieces.push_back({more, line_});
      line(out, (chance(50) ? "    " : "\t") + more + comment());
    }
  }

  std::uint32_t line_ = 1;
};

TEST_F(IniWriter, EveryKeyAndValueIsReadAsItWasWritten) {
  for (int i = 0; i < 20'000; ++i) {
    const Written written = any_file();
    Diagnostics diagnostics;
    const auto sections = read_ini(written.text, "p.conf", diagnostics);
    ASSERT_EQ(diagnostics.format_all(), "") << written.text;
    ASSERT_EQ(sections.size(), written.sections.size()) << written.text;
    for (std::size_t s = 0; s < sections.size(); ++s) {
      const auto& [title, line, last, keys] = sections[s];
      ASSERT_EQ(title, written.sections[s].title) << written.text;
      ASSERT_EQ(line, written.sections[s].line) << written.text;
      ASSERT_EQ(keys.size(), written.sections[s].keys.size()) << written.text;
      for (std::size_t k = 0; k < keys.size(); ++k) {
        const IniKey& expected = written.sections[s].keys[k];
        ASSERT_EQ(keys[k].name, expected.name) << written.text;
        ASSERT_EQ(keys[k].line, expected.line) << written.text;
        ASSERT_EQ(keys[k].pieces.size(), expected.pieces.size()) << written.text;
        for (std::size_t p = 0; p < keys[k].pieces.size(); ++p) {
          ASSERT_EQ(keys[k].pieces[p].text, expected.pieces[p].text) << written.text;
          ASSERT_EQ(keys[k].pieces[p].line, expected.pieces[p].line) << written.text;
        }
      }
    }
  }
}

}  // namespace
}  // namespace portcullis
