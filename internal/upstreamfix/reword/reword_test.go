package reword

import (
	"errors"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"go.opentelemetry.io/collector/consumer/consumererror"
	"go.uber.org/zap"
	"go.uber.org/zap/zapcore"
	"go.uber.org/zap/zaptest/observer"
)

// TestWhatAClientSendsAgainIsNotCalledLost, and what is lost is.
func TestWhatAClientSendsAgainIsNotCalledLost(t *testing.T) {
	passing := errors.New("database is locked")
	for name, test := range map[string]struct {
		option  zap.Option
		message string
		err     error
		want    string
		level   zapcore.Level
	}{
		"rejected, to be sent again":     {Rejections(), rejecting, passing, sendAgain, zap.WarnLevel},
		"rejected for good":              {Rejections(), rejecting, consumererror.NewPermanent(passing), rejecting, zap.ErrorLevel},
		"with more text":                 {Rejections(), rejecting + " Try enabling sending_queue to survive temporary failures.", passing, sendAgain, zap.WarnLevel},
		"dropped by a queue":             {Rejections(), dropping, passing, dropping, zap.ErrorLevel},
		"dropped by a queue that waits":  {Drops(), dropping, passing, sendAgain, zap.WarnLevel},
		"dropped for good by such a one": {Drops(), dropping, consumererror.NewPermanent(passing), dropping, zap.ErrorLevel},
		"another line":                   {Drops(), "Failed to convert traces. Dropping data.", passing, "Failed to convert traces. Dropping data.", zap.ErrorLevel},
	} {
		t.Run(name, func(t *testing.T) {
			core, logs := observer.New(zap.InfoLevel)
			zap.New(core, test.option).With(zap.String("kept", "x")).Error(test.message, zap.Error(test.err), zap.Int("rejected_items", 3))
			require.Equal(t, 1, logs.Len())
			line := logs.All()[0]
			assert.Equal(t, test.want, line.Message)
			assert.Equal(t, test.level, line.Level)
			assert.Equal(t, "x", line.ContextMap()["kept"])
			if test.want == sendAgain {
				assert.EqualValues(t, 3, line.ContextMap()["items"])
				assert.NotContains(t, line.ContextMap(), "rejected_items")
			}
		})
	}
	core, logs := observer.New(zap.FatalLevel)
	zap.New(core, Drops()).Error(dropping, zap.Error(passing))
	assert.Zero(t, logs.Len(), "a level that is off stays off")
}

// TestALineThatIsWrittenWithoutAQuestionStays, as upstream's collectorCore does.
func TestALineThatIsWrittenWithoutAQuestionStays(t *testing.T) {
	core, logs := observer.New(zap.InfoLevel)
	asked := zap.New(core, Rejections()).Core()
	require.NoError(t, asked.Write(zapcore.Entry{Level: zap.InfoLevel, Message: "another line"}, nil))
	require.Equal(t, 1, logs.Len())
	assert.Equal(t, "another line", logs.All()[0].Message)
	assert.Equal(t, zap.InfoLevel, logs.All()[0].Level)
}
