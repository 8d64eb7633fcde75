package dev.finops.azure.drawing;

import java.util.Locale;

/** An SVG picture, made part by part; attributes beside the place are given as they are written. */
public final class Svg {
    private final StringBuilder parts = new StringBuilder();

    public Svg(int width, int height, int fontSize, String background) {
        add("""
        <svg xmlns="http://www.w3.org/2000/svg" width="%1$d" height="%2$d" viewBox="0 0 %1$d %2$d" font-family="sans-serif" font-size="%3$d">
        <rect width="%1$d" height="%2$d" fill="%4$s"/>
        """, width, height, fontSize, background);
    }

    public Svg rect(double x, double y, double width, double height, String attributes) {
        return add(
                "<rect x=\"%s\" y=\"%s\" width=\"%s\" height=\"%s\" %s/>%n",
                number(x), number(y), number(width), number(height), attributes);
    }

    public Svg text(double x, double y, String text, String attributes) {
        return add(
                "<text x=\"%s\" y=\"%s\"%s>%s</text>%n",
                number(x), number(y), attributes.isEmpty() ? "" : " " + attributes, escaped(text));
    }

    /** What is shown when the pointer rests on the part that follows, up to {@link #end}. */
    public Svg begin(String title) {
        return add("<g><title>%s</title>%n", escaped(title));
    }

    public Svg end() {
        return add("</g>%n");
    }

    public Svg line(double x1, double y1, double x2, double y2, String attributes) {
        return path("M" + point(x1, y1) + "L" + point(x2, y2), attributes);
    }

    public Svg path(String path, String attributes) {
        return add("<path d=\"%s\" %s/>%n", path, attributes);
    }

    public static String point(double x, double y) {
        return number(x) + " " + number(y);
    }

    /** A tenth of a pixel is enough. */
    private static String number(double value) {
        return String.format(Locale.ROOT, "%.1f", value).replaceFirst("\\.0$", "");
    }

    public static String escaped(String text) {
        return text.replace("&", "&amp;").replace("<", "&lt;");
    }

    private Svg add(String format, Object... values) {
        parts.append(String.format(Locale.ROOT, format, values));
        return this;
    }

    @Override
    public String toString() {
        return parts + "</svg>\n";
    }
}
