// What is taken for a complaint of the MTA in its log, and what a client has put there.

#include "contrib/sendmail/complaints.h"

#include <string>
#include <vector>

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "contrib/log_line.h"
#include "contrib/postfix/postfix_lint.h"
#include "tests/mta/support/scratch_directory.h"

namespace portcullis::testing {
namespace {

using ::testing::ElementsAre;
using ::testing::SizeIs;

TEST(LogLine, HasAProgramAndWhatItSays) {
  const std::string line = "Dec  1 00:26:38 mx postfix/submission/smtpd[7]: fatal: in [8]: more";
  EXPECT_EQ(program_of(line), "postfix/submission/smtpd");
  EXPECT_EQ(message_of(line), "fatal: in [8]: more");
  EXPECT_EQ(program_of("sendmail[1]: x"), "sendmail");
  for (const char* other :
       {"", "fatal: x", "postfix/smtpd: fatal: x", "a[]: x", "a[b]: x [7]: y"}) {
    EXPECT_EQ(program_of(other), "") << other;
    EXPECT_EQ(message_of(other), "") << other;
  }
}

std::vector<std::string> of_postfix(const std::string& log) {
  const ScratchDirectory files("complaints");
  files.write("main.cf", "compatibility_level = 3.6\nmaillog_file = " + (files / "log").string());
  files.write("master.cf", "");
  files.write("log", log);
  return postfix_complaints(files.path());
}

TEST(PostfixComplaints, StandRightBehindTheProgram) {
  const std::string head = "Dec  1 00:26:38 mx postfix/smtpd[7]: ";
  const std::string fatal = head + "fatal: bad numerical configuration";
  EXPECT_THAT(of_postfix(head + "connect from a.test[192.0.2.1]\n" + fatal + '\n' + head +
                         "NOQUEUE: reject: RCPT from a.test[192.0.2.1]: 554 5.7.1 no; "
                         "from=<\"fatal: x\"@b.test> to=<\"warning: y\"@c.test> proto=SMTP\n" +
                         "Dec  1 00:26:38 mx other[7]: fatal: of postfix\n"),
              ElementsAre(fatal));
}

TEST(PostfixComplaints, AreNotHiddenByNoise) {
  std::string log = "Dec  1 00:26:38 mx postfix/smtpd[7]: fatal: bad numerical configuration\n";
  for (int i = 0; i < 2000; ++i) {
    log += fmt::format("Dec  1 00:26:38 mx postfix/smtpd[7]: warning: {} of a client\n", i);
  }
  EXPECT_THAT(of_postfix(log), SizeIs(2001));
}

TEST(SendmailComplaints, AreOfSendmailItself) {
  const ScratchDirectory files("complaints");
  const std::string real = "Dec  1 00:26:38 mx sm-mta[7]: NOQUEUE: SYSERR(root): cannot bind";
  EXPECT_THAT(sendmail::complaints_in(files.write(
                  "log", "Dec  1 00:26:38 mx other[7]: sendmail has an error\n" + real + '\n')),
              ElementsAre(real));
}

}  // namespace
}  // namespace portcullis::testing
