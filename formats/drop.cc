#include "formats/drop.h"

#include "formats/drop_forms.h"
#include "formats/reading.h"
#include "formats/text_lines.h"

namespace portcullis {
namespace {

// The first line that holds anything.
TextLine first_line(std::string_view text) {
  TextLines lines(text);
  while (const auto line = lines.next()) {
    if (!line->text.empty()) return *line;
  }
  return {};
}

}  // namespace

ListReading read_drop(std::string_view text, const ReadOptions& options) {
  Reading reading(options);
  const TextLine first = first_line(text);
  if (first.text.starts_with('[')) {
    reading.refuse(first.number, first.text.substr(0, 1),
                   {"starts a JSON array; a DROP list is JSON lines, one object on each: nothing "
                    "of it is read",
                    "use the file as Spamhaus publishes it, or make lines of it: jq -c '.[]'"});
  } else if (first.text.starts_with('<')) {
    reading.refuse(first.number, first.text,
                   {"starts a web page, not a list: nothing of it is read",
                    "fetch https://www.spamhaus.org/drop/drop_v4.json"});
  } else if (first.text.starts_with('{')) {
    read_drop_json(reading, text);
  } else {
    read_drop_text(reading, text);
  }
  return reading.take();
}

}  // namespace portcullis
