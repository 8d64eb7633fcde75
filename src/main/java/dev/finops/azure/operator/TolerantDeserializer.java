package dev.finops.azure.operator;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.databind.BeanDescription;
import com.fasterxml.jackson.databind.DeserializationConfig;
import com.fasterxml.jackson.databind.DeserializationContext;
import com.fasterxml.jackson.databind.JavaType;
import com.fasterxml.jackson.databind.JsonDeserializer;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.deser.BeanDeserializerModifier;
import com.fasterxml.jackson.databind.deser.DeserializationProblemHandler;
import com.fasterxml.jackson.databind.deser.ValueInstantiator;
import com.fasterxml.jackson.databind.deser.std.DelegatingDeserializer;
import com.fasterxml.jackson.databind.deser.std.NumberDeserializers;
import com.fasterxml.jackson.databind.deser.std.StdScalarDeserializer;
import com.fasterxml.jackson.databind.module.SimpleModule;
import dev.finops.azure.api.v1alpha1.CostExport;
import dev.finops.azure.export.plan.RequiredFields;
import dev.finops.azure.export.plan.StatusSanitizer;
import io.fabric8.kubernetes.client.utils.KubernetesSerialization;
import java.io.IOException;

/**
 * Reads CostExports of any release. A member of unknown form is left out and recorded in the object: an informer that
 * cannot read one object would end the process at every start.
 */
final class TolerantDeserializer {
    private static final String UNREAD = "unread";

    private TolerantDeserializer() {}

    static KubernetesSerialization serialization() {
        ObjectMapper mapper = new ObjectMapper();
        mapper.addHandler(new Problems());
        mapper.registerModule(new SimpleModule("lenient")
                .addDeserializer(Integer.class, new Whole())
                .setDeserializerModifier(new BeanDeserializerModifier() {
                    @Override
                    public JsonDeserializer<?> modifyDeserializer(
                            DeserializationConfig config, BeanDescription type, JsonDeserializer<?> deserializer) {
                        return type.getBeanClass() == CostExport.class ? new Noting(deserializer) : deserializer;
                    }
                }));
        return new KubernetesSerialization(mapper, true);
    }

    private static final class Problems extends DeserializationProblemHandler {
        @Override
        public Object handleUnexpectedToken(
                DeserializationContext context, JavaType type, JsonToken token, JsonParser parser, String why)
                throws IOException {
            return leftOut(context, parser, type.getRawClass());
        }

        @Override
        public Object handleMissingInstantiator(
                DeserializationContext context, Class<?> type, ValueInstantiator maker, JsonParser parser, String why)
                throws IOException {
            return leftOut(context, parser, type);
        }

        @Override
        public Object handleWeirdStringValue(DeserializationContext context, Class<?> type, String value, String why)
                throws IOException {
            return leftOut(context, context.getParser(), type);
        }

        @Override
        public Object handleWeirdNumberValue(DeserializationContext context, Class<?> type, Number value, String why)
                throws IOException {
            return leftOut(context, context.getParser(), type);
        }

        /** A text stays one, so that a policy of another form is one that is not known, and not the default. */
        private static Object leftOut(DeserializationContext context, JsonParser parser, Class<?> type)
                throws IOException {
            String path = parser.getParsingContext().pathAsPointer().toString().replace('/', '.');
            int spec = path.indexOf(".spec.");
            if (spec < 0 && !path.contains(".status.")) {
                return NOT_HANDLED;
            }
            if (spec >= 0) {
                context.setAttribute(UNREAD, path.substring(spec + 1));
            }
            if (type == String.class) {
                return String.valueOf((Object) parser.readValueAsTree());
            }
            parser.skipChildren();
            return null;
        }
    }

    /** Jackson calls no handler for a number that is too large. */
    private static final class Whole extends StdScalarDeserializer<Integer> {
        private static final JsonDeserializer<?> USUAL =
                NumberDeserializers.find(Integer.class, Integer.class.getName());

        Whole() {
            super(Integer.class);
        }

        @Override
        public Integer deserialize(JsonParser parser, DeserializationContext context) throws IOException {
            boolean fits =
                    !parser.hasToken(JsonToken.VALUE_NUMBER_INT) || parser.getNumberType() == JsonParser.NumberType.INT;
            return (Integer)
                    (fits
                            ? USUAL.deserialize(parser, context)
                            : context.handleWeirdNumberValue(
                                    Integer.class, parser.getNumberValue(), "larger than an int"));
        }
    }

    private static final class Noting extends DelegatingDeserializer {
        Noting(JsonDeserializer<?> deserializer) {
            super(deserializer);
        }

        @Override
        protected JsonDeserializer<?> newDelegatingInstance(JsonDeserializer<?> deserializer) {
            return new Noting(deserializer);
        }

        @Override
        public Object deserialize(JsonParser parser, DeserializationContext context) throws IOException {
            CostExport object = (CostExport) super.deserialize(parser, context);
            object.setSpec(RequiredFields.filled(object.getSpec()));
            object.setStatus(object.getStatus() == null ? null : StatusSanitizer.of(object.getStatus()));
            Object unread = context.getAttribute(UNREAD);
            if (unread != null) {
                context.setAttribute(UNREAD, null);
                object.setUnread(unread.toString());
            }
            return object;
        }
    }
}
