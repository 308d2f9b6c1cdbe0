// SPDX-License-Identifier: Apache-2.0
package io.lazystart.http;

import static org.assertj.core.api.Assertions.assertThat;

import io.lazystart.http.LoadingPage.View;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.time.Duration;
import java.util.Base64;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

class LoadingPageTest {
    private static final String NASTY = "\"'><script>alert(1)</script>&amp;{{service}}";

    @Test
    void policy_allowsThisScriptAndThisStyleOnly() throws Exception {
        String page = starting("notes");

        assertThat(LoadingPage.CONTENT_SECURITY_POLICY)
                .startsWith("default-src 'none'; ")
                .contains("script-src '" + hash(between(page, "<script>", "</script>")) + "'")
                .contains("style-src '" + hash(between(page, "<style>", "</style>")) + "'")
                .contains("connect-src 'self'", "base-uri 'none'", "form-action 'none'")
                .doesNotContain("unsafe");
    }

    @Test
    void page_hasNothingThatThePolicyWouldForbid() {
        String page = starting("notes");

        assertThat(page).doesNotContainPattern("(?i)\\son[a-z]+\\s*=\\s*[\"']");
        assertThat(page).doesNotContainPattern("(?i)\\sstyle\\s*=");
        assertThat(Pattern.compile("<(script|style)").matcher(page).results()).hasSize(2);
    }

    @Test
    void page_namesNoForeignAddress() {
        String page = starting("notes").replace("http://www.w3.org/2000/svg", "");

        assertThat(page).doesNotContainPattern("(?i)(https?:)?//[a-z0-9]");
        assertThat(page).doesNotContain("@import", "url(");
    }

    @Test
    void page_isSmall() {
        assertThat(starting("n".repeat(64)).length()).isLessThan(16_384);
    }

    @Test
    void exitCode_saidByTheMessage_isNotSaidTwice() {
        assertThat(failed("notes ended (exit code 3)")).contains("<p id=\"exit\"></p>");
        assertThat(failed("notes ended (exit code 33)")).contains("<p id=\"exit\">Exit code 3</p>");
        assertThat(failed("notes ended")).contains("<p id=\"exit\">Exit code 3</p>");
    }

    private static String failed(String message) {
        Told told = new Told("exited", message, 3, List.of());
        return render(View.failed(new Failure("notes", 503, "error", told, 1), Duration.ofSeconds(1)));
    }

    @Test
    void everyValue_isEscaped() {
        Told told = new Told("exited", NASTY, 3, List.of(NASTY));
        Failure failure = new Failure(NASTY, 503, "error", told, 1);

        String page = render(View.failed(failure, Duration.ofSeconds(1)));

        assertThat(page).doesNotContain("<script>alert", "'><", "\"'>");
        assertThat(page).contains("&quot;&#39;&gt;&lt;script&gt;alert(1)&lt;/script&gt;&amp;amp;{{service}}");
        assertThat(Pattern.compile("<script").matcher(page).results()).hasSize(1);
    }

    @Test
    void placeholders_areAllFilled() {
        assertThat(starting("notes")).doesNotContain("{{", "/*style*/", "/*script*/");
    }

    @Test
    void starting_withEstimate_saysWhatIsUsualAndRefreshesWithoutScript() {
        View view = View.starting("notes", FakeWatcher.starting(Duration.ofMillis(2500), Duration.ofMillis(700)));

        String page = render(view);

        assertThat(page)
                .contains("data-elapsed=\"700\"", "data-estimate=\"2500\"", "usually 3 s", "data-live=\"true\"")
                .contains("<noscript><meta http-equiv=\"refresh\" content=\"2\"></noscript>");
    }

    @Test
    void starting_slowService_refreshesWithoutScriptEachFiveSeconds() {
        View view = View.starting("notes", FakeWatcher.starting(Duration.ofMinutes(2), Duration.ZERO));

        assertThat(render(view)).contains("content=\"5\"", "usually 2 min 0 s");
    }

    @Test
    void failed_withoutScript_doesNotRefresh() {
        Failure failure = new Failure("notes", 503, "error", Told.of("It failed."), 4);

        String page = render(View.failed(failure, Duration.ofMillis(3500)));

        assertThat(page).contains("http-equiv=\"refresh\" content=\"\"", "data-retry=\"3500\"", "It failed.");
    }

    @Test
    void page_isReadableForAssistiveTechnology() {
        assertThat(starting("notes"))
                .contains("lang=\"en\"", "role=\"progressbar\"", "aria-live=\"polite\"", "<h1", "<main")
                .contains("prefers-reduced-motion", "prefers-color-scheme:dark", "width=device-width");
    }

    private static String starting(String service) {
        return render(View.starting(service, FakeWatcher.starting(null, Duration.ZERO)));
    }

    private static String render(View view) {
        return new String(LoadingPage.render(view), StandardCharsets.UTF_8);
    }

    private static String between(String page, String open, String close) {
        Matcher matcher =
                Pattern.compile(open + "(.*?)" + close, Pattern.DOTALL).matcher(page);
        assertThat(matcher.find()).isTrue();
        return matcher.group(1);
    }

    private static String hash(String text) throws Exception {
        byte[] hash = MessageDigest.getInstance("SHA-256").digest(text.getBytes(StandardCharsets.UTF_8));
        return "sha256-" + Base64.getEncoder().encodeToString(hash);
    }
}
