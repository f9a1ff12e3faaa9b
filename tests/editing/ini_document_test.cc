#include "editing/ini_document.h"

#include <algorithm>
#include <random>
#include <sstream>

#include <fmt/format.h>
#include <fmt/ranges.h>
#include <gmock/gmock.h>

#include "config/ini_reader.h"
#include "config/value_list.h"
#include "tests/support/golden.h"
#include "tests/support/seed.h"

#include "editing/line_difference.h"

namespace portcullis {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

std::string with(std::string_view before, const auto& edit) {
  IniDocument document(before);
  edit(document);
  return document.text();
}

std::string after_set(std::string_view before, std::string_view title, std::string_view key,
                      const std::vector<std::string>& value) {
  return with(before, [&](IniDocument& document) {
    const auto set = document.set(title, key, value);
    EXPECT_TRUE(set) << set.error().reason;
  });
}

// Golden cases: tests/data/ini_document/NAME holds before.conf, edits, and what they did.

// One line of `edits`, its words apart by " | ": set | class blocked | reply | first | second
std::vector<std::string> words_of(std::string line) {
  std::vector<std::string> words;
  for (std::size_t at = 0; (at = line.find(" | ")) != std::string::npos; line.erase(0, at + 3)) {
    words.push_back(line.substr(0, at));
  }
  words.push_back(line);
  return words;
}

std::string outcome(const IniDocument::Edited& edited) {
  if (edited) return {};
  return fmt::format("refused: {} ({})\n", edited.error().reason, edited.error().repair);
}

std::string run(IniDocument& document, const std::vector<std::string>& words) {
  if (words[0] == "set") {
    return outcome(document.set(words.at(1), words.at(2), {words.begin() + 3, words.end()}));
  }
  if (words[0] == "unset") {
    return document.unset(words.at(1), words.at(2)) ? "" : "is not there\n";
  }
  if (words[0] == "add") return outcome(document.add_item(words.at(1), words.at(2), words.at(3)));
  if (words[0] == "remove") {
    const auto same = [&](std::string_view item) { return item == words.at(3); };
    return fmt::format("{} removed\n", document.remove_items(words.at(1), words.at(2), same));
  }
  if (words[0] == "add-section") return outcome(document.add_section(words.at(1)));
  if (words[0] == "remove-section") {
    return document.remove_section(words.at(1)) ? "" : "is not there\n";
  }
  ADD_FAILURE() << "no such edit: " << words[0];
  return {};
}

class IniDocumentGolden : public ::testing::TestWithParam<std::string> {};

TEST_P(IniDocumentGolden, ChangesWhatIsExpected) {
  const auto folder = golden::data_folder() / "ini_document" / GetParam();
  const std::string before = golden::read_file(folder / "before.conf");
  std::istringstream edits(golden::read_file(folder / "edits"));
  std::string report;
  for (std::string line; std::getline(edits, line);) {
    IniDocument document(before);
    report += fmt::format("== {}\n", line);
    report += run(document, words_of(line));
    report += line_difference(before, document.text(), "p.conf");
  }
  golden::compare(folder / "expected", report);
}

INSTANTIATE_TEST_SUITE_P(Cases, IniDocumentGolden,
                         ::testing::ValuesIn(golden::cases("ini_document", "")),
                         [](const auto& test) { return golden::test_name(test.param); });

TEST(IniDocument, KeepsEveryByteOfAnyText) {
  for (const std::string text : {"", "\n", "x", "[a]", "\xef\xbb\xbf[a]\r\nb=c", "[a\n\r\n\tb\r",
                                 "\r\r\n[a]\nk = v\n  w\n"}) {
    EXPECT_EQ(IniDocument(text).text(), text);
  }
}

TEST(IniDocument, SaysWhereThingsAre) {
  const IniDocument document("; c\n[class  a]\nclients = x,\n  y ; c\n\nmode=z\n[class b]\n");
  EXPECT_THAT(document.titles(), ElementsAre("class a", "class b"));
  EXPECT_EQ(document.line_of("class a"), 2U);
  EXPECT_EQ(document.line_of("class a", "mode"), 6U);
  EXPECT_FALSE(document.line_of("class b", "mode"));
  EXPECT_THAT(document.value("class a", "clients"), ElementsAre("x,", "y"));
}

TEST(IniDocument, NewLinesEndAsTheirNeighboursDo) {
  EXPECT_EQ(after_set("[a]\r\nb = 1\r\n", "a", "c", {"2"}), "[a]\r\nb = 1\r\nc = 2\r\n");
  EXPECT_EQ(after_set("[a]\nb = 1", "a", "c", {"2"}), "[a]\nb = 1\nc = 2");
  EXPECT_EQ(after_set("[a]", "a", "c", {"2", "3"}), "[a]\nc = 2\n    3");
}

TEST(IniDocument, NewKeysAreSpelledLikeTheirNeighbours) {
  EXPECT_EQ(after_set("[a]\nb=1\n", "a", "c", {"2"}), "[a]\nb=1\nc=2\n");
  EXPECT_EQ(after_set("[a]\nb   = 1\nlong= 2\n", "a", "c", {"2"}),
            "[a]\nb   = 1\nlong= 2\nc   = 2\n");
  EXPECT_EQ(after_set("[a]\nb = 1\n", "a", "much_longer", {"2"}), "[a]\nb = 1\nmuch_longer = 2\n");
}

TEST(IniDocument, NothingThatWouldBeReadAsSomethingElseIsWritten) {
  const std::string before = "[a]\nb = 1\nc = x\n  y\n";
  const std::vector<std::string> bad = {"1\n[class evil]",
                                        "1\r",
                                        "1\nd = 2",
                                        std::string(1, '\0'),
                                        "\x1b[2J",
                                        "x ; y",
                                        "x\t;y",
                                        "x #",
                                        "#x",
                                        "",
                                        "  ",
                                        "\x7f",
                                        std::string(197, 'x'),
                                        "; only a comment"};
  for (const std::string& value : bad) {
    for (const std::vector<std::string>& lines :
         {std::vector{value}, std::vector<std::string>{"x", value}}) {
      for (const std::string key : {"b", "c", "new"}) {
        IniDocument document(before);
        const bool is_empty = lines.size() == 2 && value.find_first_not_of(' ') == value.npos;
        if (is_empty) continue;  // an empty line below is no value, and no danger
        EXPECT_FALSE(document.set("a", key, lines)) << value;
        EXPECT_EQ(document.text(), before);
      }
    }
    IniDocument document(before);
    EXPECT_FALSE(document.add_item("a", "c", value)) << value;
    EXPECT_EQ(document.text(), before);
  }
  for (const std::string value : {"d = 2", "[x]", "d=2"}) {
    IniDocument document(before);
    EXPECT_FALSE(document.set("a", "c", {"x", value})) << value;
    EXPECT_EQ(document.text(), before);
  }
}

TEST(IniDocument, AKeyThatCannotBeNamedIsRefused) {
  const std::vector<std::string> bad = {"", "a=b", "a\nb", " [x]", "#c", std::string(60, 'k')};
  for (const std::string& key : bad) {
    IniDocument document("[a]\n");
    EXPECT_FALSE(document.set("a", key, {"1"})) << key;
    EXPECT_EQ(document.text(), "[a]\n");
  }
}

TEST(IniDocument, ATitleIsOneLineThatSaysNothingElse) {
  for (const std::string title : {"", " ", "a]\n[b", "a]b", "a\r", "x ; y", "a\n", " a", "a  b"}) {
    IniDocument document("[x]\n");
    EXPECT_FALSE(document.add_section(title)) << title;
    EXPECT_EQ(document.text(), "[x]\n");
  }
}

// Random documents and random edits, held against a model that knows only sections, keys and items.

struct ModelKey {
  std::string name;
  std::vector<std::string> items;
};
struct ModelSection {
  std::string title;
  std::vector<ModelKey> keys;
};
using Model = std::vector<ModelSection>;

class Editor {
 public:
  explicit Editor(std::uint64_t seed) : random_(seed) {}

  std::size_t below(std::size_t limit) { return random_() % limit; }
  bool chance(unsigned percent) { return below(100) < percent; }
  template <typename T>
  T& any_of(std::vector<T>& choices) {
    return choices[below(choices.size())];
  }

  std::string any_item() {
    static std::vector<std::string> items = {"192.0.2.1", "::1", ".spam.example", "file:a.list",
                                             "x;y",       "#",   "a=b",           "100%"};
    std::string item = any_of(items) + std::to_string(below(50));
    if (item.starts_with('#') || item.starts_with("a=")) item.insert(0, "z:");
    return item;
  }

  std::string any_noise() {
    static std::vector<std::string> noise = {"\n",    "# [x]\n", "\t; a = b\n",
                                             " \t\n", ";\r\n",   "#   continued\n"};
    return chance(30) ? any_of(noise) : std::string();
  }

  // A document, and what it says.
  std::string any_document(Model& model) {
    std::string text = chance(20) ? "\xef\xbb\xbf" : "";
    for (std::size_t s = 0; s < 1 + below(4); ++s) {
      text += any_noise();
      model.push_back({fmt::format("{} s{}", chance(50) ? "class" : "listener", s), {}});
      text += fmt::format("[{}]{}", model.back().title, any_end());
      for (std::size_t k = 0; k < below(5); ++k) text += any_noise() + any_key(model.back(), k);
    }
    if (chance(20)) text.erase(text.find_last_not_of("\r\n") + 1);
    return text;
  }

  std::string any_key(ModelSection& section, std::size_t number) {
    section.keys.push_back({fmt::format("key_{}", number), {any_item()}});
    std::vector<std::string>& items = section.keys.back().items;
    std::string text = section.keys.back().name + (chance(50) ? " = " : "=");
    if (chance(20)) {
      text += any_end() + "  ";
    }
    text += items.back();
    while (chance(50)) {
      items.push_back(any_item());
      const bool below_it = chance(50);
      text += below_it ? any_end() + any_noise() + "    " + items.back() : ", " + items.back();
    }
    return text + any_end();
  }

  std::string any_end() {
    return std::string(chance(20) ? " ; note = [x]" : "") + (chance(20) ? "\r\n" : "\n");
  }

  // Does one edit to both.
  void edit(IniDocument& document, Model& model) {
    ModelSection& section = any_of(model);
    const std::string key = fmt::format("key_{}", below(6));
    const auto found = std::ranges::find(section.keys, key, &ModelKey::name);
    switch (below(6)) {
      case 0: {
        std::vector<std::string> value;
        for (std::size_t i = 0; i < 1 + below(4); ++i) value.push_back(any_item());
        ASSERT_TRUE(document.set(section.title, key, value));
        (found == section.keys.end() ? section.keys.emplace_back(ModelKey{key, {}}) : *found)
            .items = value;
        return;
      }
      case 1:
        ASSERT_EQ(document.unset(section.title, key), found != section.keys.end());
        if (found != section.keys.end()) section.keys.erase(found);
        return;
      case 2: {
        const std::string item = any_item();
        ASSERT_TRUE(document.add_item(section.title, key, item));
        (found == section.keys.end() ? section.keys.emplace_back(ModelKey{key, {}}) : *found)
            .items.push_back(item);
        return;
      }
      case 3: {
        if (found == section.keys.end()) return;
        const std::string gone = any_of(found->items);
        const auto same = [&](std::string_view item) { return item == gone; };
        ASSERT_EQ(document.remove_items(section.title, key, same),
                  std::erase_if(found->items, same));
        if (found->items.empty()) section.keys.erase(found);
        return;
      }
      case 4: {
        const std::string title = fmt::format("class new{}", below(1000));
        if (document.has_section(title)) return;
        ASSERT_TRUE(document.add_section(title));
        // Behind the last class, or at the end.
        const auto last = std::find_if(model.rbegin(), model.rend(), [](const ModelSection& s) {
          return s.title.starts_with("class ");
        });
        model.insert(last == model.rend() ? model.end() : last.base(), {title, {}});
        return;
      }
      default:
        if (model.size() == 1) return;
        ASSERT_TRUE(document.remove_section(section.title));
        std::erase_if(model,
                      [title = section.title](const ModelSection& s) { return s.title == title; });
    }
  }

 private:
  std::mt19937_64 random_;
};

std::string spelled(const Model& model) {
  std::string text;
  for (const ModelSection& section : model) {
    text += fmt::format("[{}]\n", section.title);
    for (const ModelKey& key : section.keys) {
      text += fmt::format("{} = {}\n", key.name, fmt::join(key.items, ", "));
    }
  }
  return text;
}

// What the reader of policy files makes of a text.
std::string as_read(const std::string& text) {
  Diagnostics diagnostics;
  Model model;
  for (const IniSection& section : read_ini(text, "p.conf", diagnostics)) {
    model.push_back({section.title, {}});
    for (const IniKey& key : section.keys) {
      model.back().keys.push_back({key.name, {}});
      for (const IniPiece& item : split_list(key.pieces)) {
        model.back().keys.back().items.push_back(item.text);
      }
    }
  }
  EXPECT_EQ(diagnostics.format_all(), "") << text;
  return spelled(model);
}

std::vector<std::string> lines_of(const std::string& text) {
  std::vector<std::string> lines;
  std::istringstream in(text);
  for (std::string line; std::getline(in, line);) lines.push_back(line);
  return lines;
}

// Lines that hold nothing but a comment.
std::vector<std::string> comments_of(const std::string& text) {
  std::vector<std::string> lines = lines_of(text);
  std::erase_if(lines, [](const std::string& line) {
    const std::size_t start = line.find_first_not_of(" \t");
    return start == line.npos || (line[start] != '#' && line[start] != ';');
  });
  return lines;
}

// True if `part` is what is left of `whole` when some lines are taken out of it.
bool is_subsequence(const std::vector<std::string>& part, const std::vector<std::string>& whole) {
  auto at = whole.begin();
  for (const std::string& line : part) {
    at = std::find(at, whole.end(), line);
    if (at == whole.end()) return false;
    ++at;
  }
  return true;
}

TEST(IniDocumentProperty, EditsDoWhatTheySayAndNothingElse) {
  for (const std::uint64_t seed : testing::seeds()) {
    Editor editor(seed);
    for (int i = 0; i < 2000; ++i) {
      Model model;
      std::string text = editor.any_document(model);
      ASSERT_EQ(as_read(text), spelled(model)) << text;
      for (int n = 0; n < 4; ++n) {
        IniDocument document(text);
        const std::size_t sections = model.size();
        editor.edit(document, model);
        ASSERT_EQ(as_read(document.text()), spelled(model)) << text << "----\n" << document.text();
        // Comments stay, all of them and in order, unless their section goes.
        const auto before = comments_of(text);
        const auto after = comments_of(document.text());
        if (model.size() >= sections) {
          ASSERT_EQ(after, before) << text << "----\n" << document.text();
        }
        ASSERT_TRUE(is_subsequence(after, before));
        text = document.text();
      }
    }
  }
}

// Every line but those of one key is the same, byte for byte.
TEST(IniDocumentProperty, SetTouchesNoOtherLine) {
  for (const std::uint64_t seed : testing::seeds()) {
    Editor editor(seed);
    for (int i = 0; i < 2000; ++i) {
      Model model;
      const std::string text = editor.any_document(model);
      IniDocument document(text);
      const ModelSection& section = editor.any_of(model);
      if (section.keys.empty()) continue;
      const std::string key = section.keys.front().name;
      const auto first = *document.line_of(section.title, key);
      ASSERT_TRUE(document.set(section.title, key, {editor.any_item(), editor.any_item()}));
      IniDocument without_before(text);
      IniDocument without_after(document.text());
      without_before.unset(section.title, key);
      without_after.unset(section.title, key);
      ASSERT_EQ(without_after.text(), without_before.text()) << text;
      ASSERT_EQ(*document.line_of(section.title, key), first);
    }
  }
}

}  // namespace
}  // namespace portcullis
